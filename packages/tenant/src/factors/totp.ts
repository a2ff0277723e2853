import { Secret, TOTP } from 'otpauth';
import { randomToken } from '../lib/random.ts';

const PERIOD_S = 30;
const ALGORITHM = 'SHA1';
const DIGITS = 6;
/** The tolerated clock skew in time steps, in either direction. */
const WINDOW = 1;

/** A new secret of 160 bits in base32 (RFC 4226 §4, R6). */
export const makeTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** The URI in the QR code for authenticator apps. */
export function toBarcodeUri(secret: string, issuer: string, account: string): string {
  const settings = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=${ALGORITHM}&digits=${DIGITS}&period=${PERIOD_S}`;
  return `otpauth://totp/${label(issuer, account)}?${settings}`;
}

/** The URI in the QR code for the Guardian app. */
export function toPushUri(issuer: string, account: string, baseUrl: string): string {
  const settings = new URLSearchParams({ enrollment_tx_id: randomToken(24), base_url: baseUrl });
  return `otpauth://totp/${label(issuer, account)}?${settings.toString()}`;
}

const label = (issuer: string, account: string): string =>
  `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;

/** The code at a given time. */
export const currentTotp = (secret: string, nowMs: number): string =>
  TOTP.generate({
    secret: Secret.fromBase32(secret),
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD_S,
    timestamp: nowMs,
  });

/** Seconds until the next code. */
export const secondsLeft = (nowMs: number): number =>
  Math.ceil(TOTP.remaining({ period: PERIOD_S, timestamp: nowMs }) / 1000);

/** The time step that a code belongs to: the current one or a neighbour (RFC 6238 §5.2); undefined: none. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const counter = { period: PERIOD_S, timestamp: nowMs };
  const key = Secret.fromBase32(secret);
  const delta = TOTP.validate({
    token: code,
    secret: key,
    algorithm: ALGORITHM,
    digits: DIGITS,
    window: WINDOW,
    ...counter,
  });
  return delta === null ? undefined : TOTP.counter(counter) + delta;
}
