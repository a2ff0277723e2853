import { argon2, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { compare } from 'bcryptjs';
import { type PhcString, parsePhc } from './phc.ts';

/** Whether a password matches a hash. The cost does not depend on the result. */
export type VerifyPassword = (password: string) => Promise<boolean>;

/** A function that verifies passwords by a hash, or the reason why the hash is not supported. */
export type ParsedHash = { readonly verify: VerifyPassword } | { readonly problem: string };

const derive = { argon2: promisify(argon2), pbkdf2: promisify(pbkdf2) };

const scryptKey = (
  password: string,
  salt: Buffer,
  length: number,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const maxmem = 2 * 128 * cost.N * cost.r;
    scrypt(password, salt, length, { ...cost, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** Maximum cost parameters of a foreign hash, because any sign-in attempt makes the tenant compute it. */
const MAX_COST = {
  bcryptCost: 15,
  argon2: { m: 262_144, t: 20, p: 16 },
  pbkdf2Iterations: 2_000_000,
  scrypt: { ln: 18, r: 32, p: 16 },
  scryptBytes: 256 * 1024 * 1024,
  tagBytes: 128,
} as const;

const BCRYPT_PATTERN = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** bcryptjs computes in slices of at most 100 ms and yields in between; node:crypto has no bcrypt. */
function readBcrypt(text: string): ParsedHash {
  const cost = Number(BCRYPT_PATTERN.exec(text)?.[1]);
  if (Number.isNaN(cost)) return { problem: 'not a bcrypt hash of the kind $2a$, $2b$ or $2y$' };
  if (cost < 4 || cost > MAX_COST.bcryptCost)
    return { problem: `a bcrypt cost of ${cost}: it must be 4 to ${MAX_COST.bcryptCost}` };
  return { verify: (password) => compare(password, text) };
}

/** The parameters as integers within the limits; undefined if one is missing, too large or unknown. */
function readNumbers<K extends string>(
  { parameters }: PhcString,
  limits: Readonly<Record<K, number>>,
  defaults: Readonly<Record<string, number>> = {},
): Readonly<Record<K, number>> | undefined {
  const values: Record<string, number> = { ...defaults };
  for (const [name, text] of Object.entries(parameters)) {
    if (!Object.hasOwn(limits, name)) return undefined;
    values[name] = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  }
  const isFine = (name: string): boolean => {
    const value = values[name] ?? 0;
    // `name` is a key of `limits`.
    return value >= 1 && value <= limits[name as K];
  };
  return Object.keys(limits).every(isFine) ? (values as Record<K, number>) : undefined;
}

const limitsText = (limits: Readonly<Record<string, number>>): string =>
  Object.entries(limits)
    .map(([name, value]) => `${name} of 1 to ${value}`)
    .join(', ');

type Kind = 'argon2d' | 'argon2i' | 'argon2id';

function readArgon2(phc: PhcString): ParsedHash {
  const limits = MAX_COST.argon2;
  const cost = readNumbers(phc, limits);
  if (phc.version !== 19) return { problem: 'the argon2 version must be 19' };
  // RFC 9106 section 3.1.
  if (!cost || cost.m < 8 * cost.p) return { problem: `argon2 needs ${limitsText(limits)}, and m of 8 p` };
  if (phc.salt.length < 8 || phc.tag.length < 4) return { problem: 'the argon2 salt or hash is too short' };
  const verify: VerifyPassword = async (message) => {
    const actual = await derive.argon2(phc.id as Kind, {
      message,
      nonce: phc.salt,
      memory: cost.m,
      passes: cost.t,
      parallelism: cost.p,
      tagLength: phc.tag.length,
    });
    return timingSafeEqual(actual, phc.tag);
  };
  return { verify };
}

/** `sha512`, also in OpenSSL's older notations. */
const digestOf = (id: string): string | undefined =>
  /^pbkdf2-(?:RSA-)?(md5|ripemd160|sha1|sha224|sha256|sha384|sha512)(?:WithRSA(?:Encryption)?)?$/i
    .exec(id)?.[1]
    ?.toLowerCase();

function readPbkdf2(phc: PhcString): ParsedHash {
  const digest = digestOf(phc.id);
  if (digest === undefined) return { problem: `unsupported digest of ${phc.id}` };
  const limits = { i: MAX_COST.pbkdf2Iterations, l: MAX_COST.tagBytes };
  const given = readNumbers(phc, limits, { i: 100_000, l: 64 });
  if (!given) return { problem: `pbkdf2 needs ${limitsText(limits)}` };
  if (given.l !== phc.tag.length)
    return { problem: `the length of the pbkdf2 hash does not match l=${given.l}` };
  const verify: VerifyPassword = async (password) =>
    timingSafeEqual(await derive.pbkdf2(password, phc.salt, given.i, given.l, digest), phc.tag);
  return { verify };
}

function readScrypt(phc: PhcString): ParsedHash {
  const limits = MAX_COST.scrypt;
  const cost = readNumbers(phc, limits);
  if (!cost || 128 * 2 ** cost.ln * cost.r > MAX_COST.scryptBytes)
    return { problem: `scrypt needs ${limitsText(limits)}, and 256 MiB at MAX_COST` };
  const parameters = { N: 2 ** cost.ln, r: cost.r, p: cost.p };
  const verify: VerifyPassword = async (password) =>
    timingSafeEqual(await scryptKey(password, phc.salt, phc.tag.length, parameters), phc.tag);
  return { verify };
}

/** Reads a password hash made elsewhere: bcrypt, or argon2, pbkdf2 or scrypt as a PHC string. Never throws. */
export function parseHash(text: string): ParsedHash {
  if (/^\$2[a-z]?\$/.test(text)) return readBcrypt(text);
  const phc = parsePhc(text);
  if (!phc) return { problem: 'must be a bcrypt hash or a PHC string' };
  if (phc.tag.length > MAX_COST.tagBytes)
    return { problem: `the hash has more than ${MAX_COST.tagBytes} bytes` };
  if (/^argon2(d|i|id)$/.test(phc.id)) return readArgon2(phc);
  if (phc.id.startsWith('pbkdf2-')) return readPbkdf2(phc);
  if (phc.id === 'scrypt') return readScrypt(phc);
  return { problem: `unsupported hash of the kind ${phc.id}` };
}
