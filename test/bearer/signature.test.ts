import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, findUnrefused } from './support/call.ts';
import {
  makeEcdsaForgeries,
  makeHandPadded,
  makeHmacConfusions,
  makePaddingMutants,
} from './support/forgeries.ts';
import { encode, goodClaims, makeEcKey, makeRsaKey, makeToken, signSegments } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const rsa = makeRsaKey('rsa');
const pss = makeRsaKey('pss', 'PS256');
const ec = makeEcKey('ec');
const ps512 = makeRsaKey('ps512', 'PS512');
const headerOf = (alg: string, kid: string): string => encode({ alg, typ: 'JWT', kid });
let world: World;

beforeAll(async () => {
  world = await startWorld([rsa, pss, ec, ps512], { algs: ['RS256', 'PS256', 'ES256'] });
});
afterAll(() => world.close());

describe('a signature', () => {
  it('of each listed algorithm is accepted with the key for it', async () => {
    for (const key of [rsa, pss, ec]) {
      expect((await call(world.url, makeToken(key))).status, key.alg).toBe(200);
      expect((await call(world.url, makeToken(key))).body).toMatchObject({ subject: 'auth0|alice' });
    }
  });

  it('that is an HMAC with public parts of a key is refused', async () => {
    const tokens = makeHmacConfusions(rsa);
    expect(Object.keys(tokens).length).toBe(72);
    expect(await findUnrefused(world.url, tokens)).toEqual({});
  });

  it('with wrong PKCS#1 padding is refused, 200 times', async () => {
    expect((await call(world.url, makeHandPadded(rsa))).status).toBe(200);
    const tokens = makePaddingMutants(rsa);
    expect(Object.keys(tokens).length).toBe(200);
    expect(await findUnrefused(world.url, tokens)).toEqual({});
  });

  it('of ES256 at the edges of the group, of another length or in DER is refused', async () => {
    expect(await findUnrefused(world.url, makeEcdsaForgeries(ec))).toEqual({});
  });

  it('with a different algorithm than that of its key is refused', async () => {
    const tokens: Record<string, string> = {};
    for (const key of [rsa, pss, ps512]) {
      for (const alg of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']) {
        if (alg === key.alg && key !== ps512) continue;
        tokens[`${key.kid} as ${alg}`] = signSegments(key, headerOf(alg, key.kid), encode(goodClaims()), alg);
      }
    }
    tokens['the RSA key as ES256'] = signSegments(ec, headerOf('ES256', 'rsa'), encode(goodClaims()));
    tokens['the EC key as RS256'] = signSegments(rsa, headerOf('RS256', 'ec'), encode(goodClaims()));
    expect(Object.keys(tokens).length).toBe(18);
    expect(await findUnrefused(world.url, tokens)).toEqual({});
  });

  it('by another key with a known kid is refused', async () => {
    const tokens = Object.fromEntries(
      [makeRsaKey('rsa'), { ...pss, kid: 'rsa', alg: 'RS256' }, makeEcKey('ec')].map((key, i) => [
        i,
        makeToken(key),
      ]),
    );
    expect(await findUnrefused(world.url, tokens)).toEqual({});
  });

  it('of a valid token does not validate a changed one', async () => {
    const token = makeToken(rsa);
    expect((await call(world.url, token)).status).toBe(200);
    const [header = '', , signature = ''] = token.split('.');
    const admin = encode(goodClaims({ sub: 'auth0|root' }));
    expect(await findUnrefused(world.url, { changed: `${header}.${admin}.${signature}` })).toEqual({});
  });
});
