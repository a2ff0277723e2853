import { afterEach, describe, expect, it } from 'vitest';
import type { SigningAlg } from '../../src/bearer/token-policy.ts';
import { call, findUnrefused } from './support/call.ts';
import { makeEcKey, makeRsaKey, makeToken, type TestKey } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const good = makeRsaKey('good');
const other = makeRsaKey('other');
const weak = makeRsaKey('weak', 'RS256', 1024);
const ec = makeEcKey('ec');
let world: World | undefined;

afterEach(() => world?.close());

const publish = async (jwks: unknown[], algs: SigningAlg[] = ['RS256']): Promise<World> => {
  world = await startWorld([], { algs, start: false });
  world.tenant.keys = jwks;
  await world.app.keys.start();
  return world;
};
const as = (key: TestKey, changes: Record<string, unknown>): TestKey => ({ ...key, ...changes });

describe('an unusable key', () => {
  const { n, e } = good.jwk as { n: string; e: string };
  const privateJwk = other.privateKey.export({ format: 'jwk' });
  const bad: Record<string, unknown> = {
    'of 1024 bits': weak.jwk,
    'of 1024 bits behind leading zeros': {
      ...weak.jwk,
      n: Buffer.concat([Buffer.alloc(128), Buffer.from(String(weak.jwk.n), 'base64url')]).toString(
        'base64url',
      ),
    },
    'for encryption': { ...other.jwk, use: 'enc' },
    'with an invalid use': { ...other.jwk, use: ['sig'] },
    'for other operations': { ...other.jwk, key_ops: ['encrypt'] },
    'whose operations are text': { ...other.jwk, key_ops: 'verify' },
    'with exponent 1': { ...other.jwk, e: 'AQ' },
    'with exponent 2': { ...other.jwk, e: 'Ag' },
    'with exponent 0': { ...other.jwk, e: 'AA' },
    'without an exponent': { ...other.jwk, e: undefined },
    'with its private half': { ...privateJwk, kid: 'other', alg: 'RS256', use: 'sig' },
    'that is symmetric': { kty: 'oct', k: 'c2VjcmV0', kid: 'other', alg: 'HS256' },
    'of an unknown type': { kty: 'XYZ', kid: 'other', x: 'AA' },
    'of another algorithm': { ...other.jwk, alg: 'RS512' },
    'whose algorithm is a number': { ...other.jwk, alg: 7 },
    'whose modulus is a list': { ...other.jwk, n: [n] },
    'whose modulus is no base64url': { ...other.jwk, n: '!!!' },
    'whose modulus is empty': { ...other.jwk, n: '' },
    'on a curve that is not listed': { ...ec.jwk, kid: 'other' },
    'off its curve': {
      kty: 'EC',
      crv: 'P-256',
      kid: 'other',
      alg: 'ES256',
      x: n.slice(0, 43),
      y: n.slice(43, 86),
    },
    'without a kid': { ...other.jwk, kid: undefined },
    'whose kid is a number': { ...other.jwk, kid: 7 },
    'that is null': null,
    'that is text': 'key',
    'that is a list': [n, e],
    'that is a number': 7,
  };

  it.each(Object.entries(bad))('%s is ignored, and the other keys are used', async (_, jwk) => {
    const { url, app, tenant } = await publish([jwk, good.jwk, jwk]);
    expect((await call(url, makeToken(good))).status).toBe(200);
    expect(app.keys.stats()).toMatchObject({ keys: 1, failures: 0 });
    expect(tenant.fetches).toBe(1);
  });

  it('verifies nothing: its tokens are refused and cause no fetch', async () => {
    const { url, tenant } = await publish([
      weak.jwk,
      { ...other.jwk, use: 'enc' },
      good.jwk,
      { ...makeRsaKey('ps512', 'PS512').jwk },
    ]);
    const tokens = {
      weak: makeToken(weak),
      enc: makeToken(other),
      ps512: makeToken(as(good, { kid: 'ps512' })),
    };
    expect(await findUnrefused(url, tokens)).toEqual({});
    expect(tenant.fetches).toBe(1);
  });

  it('makes a set without other keys unusable: 503', async () => {
    const { url, app } = await publish(Object.values(bad));
    expect(app.keys.ready).toBe(false);
    expect((await call(url, makeToken(good))).status).toBe(503);
  });
});

describe('a usable key', () => {
  it('needs neither use, key_ops nor alg', async () => {
    const { use: _use, alg: _alg, ...bare } = good.jwk;
    const { url } = await publish([
      bare,
      { ...other.jwk, key_ops: ['verify', 'x'], x5c: ['rubbish'], x5t: 7, ext: false },
    ]);
    expect((await call(url, makeToken(good))).status).toBe(200);
    expect((await call(url, makeToken(other))).status).toBe(200);
  });

  it('without an algorithm is used for the first listed one of its family only', async () => {
    const { alg: _, ...bare } = good.jwk;
    const tokens = { RS256: makeToken(good), PS256: makeToken(as(good, { alg: 'PS256' })) };
    for (const algs of [
      ['RS256', 'PS256'],
      ['ES256', 'PS256', 'RS256'],
    ] as SigningAlg[][]) {
      const { url } = await publish([bare], algs);
      const [served, refused] =
        algs[0] === 'RS256' ? (['RS256', 'PS256'] as const) : (['PS256', 'RS256'] as const);
      expect((await call(url, tokens[served])).status).toBe(200);
      expect(await findUnrefused(url, { refused: tokens[refused] })).toEqual({});
      await world?.close();
    }
    world = undefined;
  });

  it('may have a kid of 256 characters, but not of 257', async () => {
    const [longest, longer] = [256, 257].map((length) => as(other, { kid: 'k'.repeat(length) }));
    const { url } = await publish([longest, longer].map((key) => ({ ...other.jwk, kid: key?.kid })));
    expect((await call(url, makeToken(longest ?? other))).status).toBe(200);
    expect(await findUnrefused(url, { longer: makeToken(longer ?? other) })).toEqual({});
  });

  it('published twice for two algorithms is used for the first only', async () => {
    const { url } = await publish(
      [good.jwk, { ...good.jwk, kid: 'again', alg: 'PS256' }, other.jwk],
      ['RS256', 'PS256'],
    );
    expect((await call(url, makeToken(good))).status).toBe(200);
    expect((await call(url, makeToken(other))).status).toBe(200);
    expect(await findUnrefused(url, { again: makeToken(as(good, { kid: 'again', alg: 'PS256' })) })).toEqual(
      {},
    );
  });

  it('has precedence over a later key with the same kid', async () => {
    const { url } = await publish([good.jwk, { ...other.jwk, kid: 'good' }]);
    expect((await call(url, makeToken(good))).status).toBe(200);
    expect(await findUnrefused(url, { later: makeToken(as(other, { kid: 'good' })) })).toEqual({});
  });
});
