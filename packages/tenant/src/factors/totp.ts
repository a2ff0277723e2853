import { Secret, TOTP } from 'otpauth';
import { randomToken } from '../lib/random.ts';

const periodS = 30;
const algorithm = 'SHA1';
const digits = 6;
/** How many steps a clock may be off, either way. */
const window = 1;

/** A new secret of 160 bits, base32 (RFC 4226 §4, R6). */
export const makeTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** The text of the QR code that authenticator apps read. */
export function toBarcodeUri(secret: string, issuer: string, account: string): string {
  const settings = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=${algorithm}&digits=${digits}&period=${periodS}`;
  return `otpauth://totp/${label(issuer, account)}?${settings}`;
}

/** The text of the QR code that the Guardian app reads to be sent pushes. */
export function toPushUri(issuer: string, account: string, baseUrl: string): string {
  const settings = new URLSearchParams({ enrollment_tx_id: randomToken(24), base_url: baseUrl });
  return `otpauth://totp/${label(issuer, account)}?${settings.toString()}`;
}

const label = (issuer: string, account: string): string =>
  `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;

/** The code that an app shows at that time. */
export const currentTotp = (secret: string, nowMs: number): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), algorithm, digits, period: periodS, timestamp: nowMs });

/** Until the app shows another code. */
export const secondsLeft = (nowMs: number): number =>
  Math.ceil(TOTP.remaining({ period: periodS, timestamp: nowMs }) / 1000);

/** Number of the time step that a code belongs to: now's, or one beside it (RFC 6238 §5.2). Undefined: none. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const counter = { period: periodS, timestamp: nowMs };
  const key = Secret.fromBase32(secret);
  const delta = TOTP.validate({ token: code, secret: key, algorithm, digits, window, ...counter });
  return delta === null ? undefined : TOTP.counter(counter) + delta;
}
