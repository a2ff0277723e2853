import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { nowS, systemClock } from '../../../src/lib/clock.ts';

export const issuer = 'https://tenant.test/';
export const audience = 'urn:test:api';
export const clientId = 'the-web-app';

export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

export function makeRsaKey(kid: string, alg = 'RS256', bits = 2048): TestKey {
  return toTestKey(kid, alg, generateKeyPairSync('rsa', { modulusLength: bits }));
}

export function makeEcKey(kid: string): TestKey {
  return toTestKey(kid, 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
}

function toTestKey(kid: string, alg: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): TestKey {
  return { kid, alg, ...pair, jwk: { ...pair.publicKey.export({ format: 'jwk' }), use: 'sig', kid, alg } };
}

/** Claims of a valid access token; `iat` defaults to now. */
export function goodClaims(
  changes: Record<string, unknown> = {},
  now = nowS(systemClock),
): Record<string, unknown> {
  return {
    iss: issuer,
    sub: 'auth0|alice',
    aud: audience,
    azp: 'some-app',
    iat: now,
    exp: now + 3600,
    scope: 'openid geocode:location',
    ...changes,
  };
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs a text with an algorithm of the key's family. */
export function signBytes(alg: string, key: KeyObject, input: string): Buffer {
  const digest = `sha${alg.slice(2)}`;
  const options =
    alg.startsWith('PS') || alg.startsWith('RS')
      ? { key, padding: alg.startsWith('PS') ? 6 : 1, ...(alg.startsWith('PS') && { saltLength: -1 }) }
      : { key, dsaEncoding: 'ieee-p1363' as const };
  return sign(digest, Buffer.from(input), options);
}

/** A compact token; undefined members of `header` are omitted. */
export function makeToken(
  key: TestKey,
  claims: unknown = goodClaims(),
  header: Record<string, unknown> = {},
): string {
  const members: Record<string, unknown> = { alg: key.alg, typ: 'JWT', kid: key.kid, ...header };
  return signSegments(key, encode(members), encode(claims), String(members.alg));
}

/** Signs two segments unchanged, canonical or not. */
export function signSegments(key: TestKey, header: string, payload: string, alg = key.alg): string {
  const input = `${header}.${payload}`;
  return `${input}.${signBytes(alg, key.privateKey, input).toString('base64url')}`;
}
