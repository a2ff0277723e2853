import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './support/call.ts';
import {
  audience,
  encode,
  goodClaims,
  issuer,
  makeEcKey,
  makeRsaKey,
  makeToken,
  signSegments,
} from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const rsa = makeRsaKey('rsa');
const ec = makeEcKey('ec');
const stranger = makeRsaKey('rsa');
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
const runs = 10_000;
const batch = 50;
let world: World;

beforeAll(async () => {
  world = await startWorld([rsa, ec], { algs: ['RS256', 'ES256'] });
  // After the pause, so that an unknown kid does not wait: after two fetches, every token is refused immediately.
  for (const _ of [1, 2]) {
    world.app.clock.offsetS += 6;
    await call(world.url, makeToken(rsa, goodClaims(), { kid: 'unknown' }));
  }
});
afterAll(() => world.close());

const sources = [
  makeToken(rsa),
  makeToken(ec),
  makeToken(rsa, goodClaims({ aud: [audience, `${issuer}userinfo`] })),
];
const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.!~ %"{}'.split('');
const source = fc.constantFrom(...sources);
const at = fc.nat({ max: 2000 });

const flipped = fc.tuple(source, at, fc.nat({ max: 7 })).map(([token, where, bit]) => {
  const segments = token.split('.');
  const index = where % 3;
  const bytes = Buffer.from(segments[index] ?? '', 'base64url');
  const position = where % bytes.length;
  bytes[position] = (bytes[position] ?? 0) ^ (1 << bit);
  return segments.with(index, bytes.toString('base64url')).join('.');
});
const replaced = fc
  .tuple(source, at, fc.constantFrom(...characters))
  .map(
    ([token, where, character]) =>
      token.slice(0, where % token.length) + character + token.slice((where % token.length) + 1),
  );
const inserted = fc
  .tuple(source, at, fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 8 }))
  .map(
    ([token, where, text]) => token.slice(0, where % token.length) + text + token.slice(where % token.length),
  );
const cut = fc
  .tuple(source, at, fc.integer({ min: 1, max: 40 }))
  .map(
    ([token, where, length]) =>
      token.slice(0, where % token.length) + token.slice((where % token.length) + length),
  );
const swapped = fc
  .tuple(source, source, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }))
  .map(([one, two, order]) => {
    const segments = [...one.split('.'), ...two.split('.')];
    return order.map((index) => segments[index]).join('.');
  });
const claimEdit = fc.dictionary(
  fc.constantFrom(
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nbf',
    'scope',
    'azp',
    'nonce',
    '__proto__',
    'permissions',
  ),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.integer(), fc.constant(audience)),
  { minKeys: 1, maxKeys: 3 },
);
/** Changed claims with the old signature. */
const edited = fc.tuple(source, claimEdit).map(([token, edit]) => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return `${header}.${encode({ ...claims, ...edit })}.${signature}`;
});
const headerEdit = fc.dictionary(
  fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'zip', '__proto__'),
  fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('none', 'HS256', 'PS256', 'ES256', 'RS256', 'rsa', 'ec', 'at+jwt'),
  ),
  { minKeys: 1, maxKeys: 3 },
);
/** Signed by another key with the tenant's issuer, and with any header. */
const forged = fc.tuple(headerEdit, fc.boolean()).map(([edit, hasSignature]) => {
  const token = makeToken(stranger, goodClaims());
  const [, payload = ''] = token.split('.');
  const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'rsa', ...edit });
  return hasSignature ? signSegments(stranger, header, payload) : `${header}.${payload}.`;
});
const arbitrary = fc.oneof(
  fc.string({ unit: fc.constantFrom(...characters), maxLength: 300 }),
  fc
    .array(fc.string({ unit: fc.constantFrom(...characters.slice(0, 64)), maxLength: 200 }), { maxLength: 6 })
    .map((parts) => parts.join('.')),
);
const mutation = fc
  .oneof(flipped, replaced, inserted, cut, swapped, edited, forged, arbitrary)
  .filter((text) => !sources.includes(text));

describe(`mutated tokens (FC_SEED=${seed})`, () => {
  it(`of ${runs}, none is accepted and none causes an internal error`, { timeout: 180_000 }, async () => {
    for (const token of sources) expect((await call(world.url, token)).status).toBe(200);
    const counts: Record<number, number> = {};
    const mutations = fc.array(mutation, { minLength: batch, maxLength: batch });
    await fc.assert(
      fc.asyncProperty(mutations, async (tokens) => {
        const answers = await Promise.all(
          tokens.map((token) => call(world.url, undefined, `Bearer ${token}`)),
        );
        for (const [i, { status, code }] of answers.entries()) {
          counts[status] = (counts[status] ?? 0) + 1;
          expect([`401 invalid_token`, `400 invalid_request`], tokens[i]).toContain(`${status} ${code}`);
        }
      }),
      { seed, numRuns: runs / batch },
    );
    expect(Object.keys(counts).toSorted()).toEqual(['400', '401']);
    expect((counts[400] ?? 0) + (counts[401] ?? 0)).toBe(runs);
    expect(counts[401]).toBeGreaterThan(runs * 0.8);
    expect(world.app.verifier.stats().checks).toBeGreaterThan(runs * 0.1);
    for (const token of sources) expect((await call(world.url, token)).status).toBe(200);
  });
});
