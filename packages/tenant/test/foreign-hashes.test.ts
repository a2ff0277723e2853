import { argon2Sync, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHash } from '../src/passwords/foreign-hashes.ts';
import { createPasswords } from '../src/passwords/passwords.ts';
import { toPhc } from '../src/passwords/phc.ts';

const { hash: hashPassword, isForeign, verify: verifyPassword } = createPasswords();
const password = 'Korrekt-Hörse-1';
const salt = Buffer.from('0123456789abcdef');

const argon2 = (kind: 'argon2d' | 'argon2i' | 'argon2id', memory = 1024) =>
  toPhc(
    `${kind}$v=19$m=${memory},t=2,p=1`,
    salt,
    argon2Sync(kind, { message: password, nonce: salt, memory, passes: 2, parallelism: 1, tagLength: 32 }),
  );
const pbkdf2 = (id: string, digest: string, parameters = '$i=1000,l=32', length = 32, rounds = 1000) =>
  toPhc(`pbkdf2-${id}${parameters}`, salt, pbkdf2Sync(password, salt, rounds, length, digest));

describe('a password matches a hash of another system', () => {
  it.each([
    ['bcrypt', hashSync(password, 4)],
    ['bcrypt as $2y$', hashSync(password, 4).replace('$2b$', '$2y$')],
    ['bcrypt as $2a$', hashSync(password, 4).replace('$2b$', '$2a$')],
    ['argon2id', argon2('argon2id')],
    ['argon2i', argon2('argon2i')],
    ['argon2d', argon2('argon2d')],
    ['pbkdf2 with sha512', pbkdf2('sha512', 'sha512')],
    ['pbkdf2 with an older name of sha256', pbkdf2('RSA-SHA256', 'sha256')],
    ['pbkdf2 with sha1WithRSAEncryption', pbkdf2('sha1WithRSAEncryption', 'sha1')],
    ['pbkdf2 without parameters', pbkdf2('sha512', 'sha512', '', 64, 100_000)],
    ['scrypt', toPhc('scrypt$ln=10,r=8,p=1', salt, scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))],
  ])('%s', async (_kind, hash) => {
    expect(isForeign(hash)).toBe(true);
    expect(await verifyPassword(password, hash)).toBe(true);
    expect(await verifyPassword(`${password}x`, hash)).toBe(false);
  });

  it('and a hash that another program has created', async () => {
    // The PBKDF2 example of RFC 7914 section 11, and Auth0's examples of bcrypt and argon2.
    const derived =
      '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
      '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783';
    const rfc7914 = toPhc('pbkdf2-sha256$i=1,l=64', Buffer.from('salt'), Buffer.from(derived, 'hex'));
    expect(await verifyPassword('passwd', rfc7914)).toBe(true);
    const hello = '$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K';
    expect(await verifyPassword('hello', hello)).toBe(true);
    expect(await verifyPassword('Hello', hello)).toBe(false);
  });
});

it('a hash of the default cost is not foreign, one of another cost is', async () => {
  const own = await hashPassword(password);
  expect(isForeign(own)).toBe(false);
  expect(await verifyPassword(password, own)).toBe(true);
  expect(isForeign(argon2('argon2id'))).toBe(true);
});

it('new hashes have the configured cost, and are foreign at another cost', async () => {
  const cheap = createPasswords({ memory: 8, passes: 1 });
  const hash = await cheap.hash(password);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/);
  expect([cheap.isForeign(hash), isForeign(hash)]).toEqual([false, true]);
  expect(await verifyPassword(password, hash)).toBe(true);
});

it('no password matches a missing hash', async () => {
  expect(await verifyPassword('', undefined)).toBe(false);
});

const short = 'AAAA';
const tag = Buffer.alloc(32).toString('base64').replace(/=+$/, '');
const nonce = salt.toString('base64').replace(/=+$/, '');

it.each([
  ['', /must be a bcrypt/],
  ['plain', /must be a bcrypt/],
  ['$2x$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K', /kind \$2a/],
  ['$2b$16$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K', /cost of 16/],
  ['$2b$03$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K', /cost of 3/],
  ['$2b$10$tooShort', /not a bcrypt/],
  [`$argon2id$v=16$m=1024,t=2,p=1$${nonce}$${tag}`, /version/],
  [`$argon2id$m=1024,t=2,p=1$${nonce}$${tag}`, /version/],
  [`$argon2id$v=19$m=999999999,t=2,p=1$${nonce}$${tag}`, /m of 1 to 262144/],
  [`$argon2id$v=19$m=1024,t=21,p=1$${nonce}$${tag}`, /t of 1 to 20/],
  [`$argon2id$v=19$m=64,t=1,p=16$${nonce}$${tag}`, /m of 8 p/],
  [`$argon2id$v=19$m=1024,t=2$${nonce}$${tag}`, /argon2 needs/],
  [`$argon2id$v=19$m=1024,t=2,p=1,keyid=abc$${nonce}$${tag}`, /argon2 needs/],
  [`$argon2id$v=19$m=1024,t=2,p=1$${short}$${tag}`, /too short/],
  [`$pbkdf2-md4$i=1000,l=32$${nonce}$${tag}`, /digest of pbkdf2-md4/],
  [`$pbkdf2-sha512$i=2000001,l=32$${nonce}$${tag}`, /i of 1 to 2000000/],
  [`$pbkdf2-sha512$i=0,l=32$${nonce}$${tag}`, /i of 1 to/],
  [`$pbkdf2-sha512$i=1e9,l=32$${nonce}$${tag}`, /pbkdf2 needs|must be a bcrypt/],
  [`$pbkdf2-sha512$i=1000,l=64$${nonce}$${tag}`, /does not match l=64/],
  [`$scrypt$ln=18,r=32,p=1$${nonce}$${tag}`, /256 MiB/],
  [`$scrypt$ln=30,r=8,p=1$${nonce}$${tag}`, /ln of 1 to 18/],
  [`$yescrypt$n=1$${nonce}$${tag}`, /kind yescrypt/],
  [`$argon2id$v=19$m=1024,t=2,p=1$${nonce}$${'A'.repeat(2000)}`, /must be a bcrypt/],
  [`$scrypt$ln=10,r=8,p=1$${nonce}$${'A'.repeat(300)}`, /more than 128 bytes/],
])('%s is refused', (text, why) => {
  const read = parseHash(text);
  expect('problem' in read ? read.problem : 'taken').toMatch(why);
});

it('the parser never throws', () => {
  const parts = fc.constantFrom(
    '$',
    'argon2id',
    'pbkdf2-sha1',
    'scrypt',
    'v=19',
    'm=64',
    ',',
    't=1',
    'p=1',
    'i=1',
    tag,
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 80 }),
        fc.array(parts).map((all) => all.join('')),
      ),
      (text) => {
        parseHash(text);
      },
    ),
    { numRuns: 500 },
  );
});
