import { createHmac, timingSafeEqual } from 'node:crypto';
import { randomFrom, randomToken } from '../lib/random.ts';

const PERIOD_S = 30;
const ALGORITHM = 'SHA1';
const DIGITS = 6;
/** The tolerated clock skew in time steps: the current step first, then its neighbours. */
const WINDOW = [0, -1, 1];
/** The alphabet of base32 (RFC 4648 §6): five bits a character. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret of 160 bits in base32 (RFC 4226 §4, R6). */
export const makeTotpSecret = (): string => randomFrom(BASE32, 32);

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
export const currentTotp = (secret: string, nowMs: number): string => hotp(keyOf(secret), stepAt(nowMs));

/** Seconds until the next code. */
export const secondsLeft = (nowMs: number): number => PERIOD_S - (Math.floor(nowMs / 1000) % PERIOD_S);

/** The time step that a code belongs to: the current one or a neighbour (RFC 6238 §5.2); undefined: none. */
export function findTotpStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const key = keyOf(secret);
  const now = stepAt(nowMs);
  return WINDOW.map((skew) => now + skew).find((step) =>
    timingSafeEqual(Buffer.from(hotp(key, step)), Buffer.from(code)),
  );
}

const stepAt = (nowMs: number): number => Math.floor(nowMs / 1000 / PERIOD_S);

/** The bytes of a base32 secret without padding. */
function keyOf(secret: string): Buffer {
  const bits = Array.from(secret, (character) => BASE32.indexOf(character).toString(2).padStart(5, '0')).join(
    '',
  );
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The code of a counter (RFC 4226 §5.3). */
function hotp(key: Buffer, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(Math.max(0, counter)));
  const mac = createHmac(ALGORITHM, key).update(message).digest();
  const truncated = mac.readUInt32BE((mac.at(-1) ?? 0) & 0xf) & 0x7fff_ffff;
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0');
}
