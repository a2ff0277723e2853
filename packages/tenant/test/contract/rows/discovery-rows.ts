import { decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import { claimsOf, expectOk, expectTokens, keysOf, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Target } from '../target.ts';

/** The endpoint members of the discovery document, with a request for each. */
const endpoints = {
  authorization_endpoint: 'GET',
  token_endpoint: 'POST',
  userinfo_endpoint: 'GET',
  mfa_challenge_endpoint: 'POST',
  jwks_uri: 'GET',
  revocation_endpoint: 'POST',
  pushed_authorization_request_endpoint: 'POST',
} as const;

const newToken = async (target: Target): Promise<string> => {
  const asked = { grant_type: 'client_credentials', audience: target.setting('AUDIENCE') };
  return textOf(expectTokens(await target.token('machine', asked)), 'access_token');
};

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export const discoveryRows: readonly ContractRow[] = [
  {
    id: 'D01',
    title: 'discovery lists the issuer with a trailing slash, and exactly the endpoints that are served',
    async run(target) {
      const { json, headers } = expectOk(await target.get('/.well-known/openid-configuration'));
      expect(headers.get('content-type')).toContain('application/json');
      expect(json.issuer).toBe(target.issuer);
      expect(json).toMatchObject(
        Object.fromEntries(
          Object.keys(endpoints).map((name) => [name, expect.stringContaining(target.issuer)]),
        ),
      );
      const listed = Object.entries(json).filter(
        ([name]) => name.endsWith('_endpoint') || name === 'jwks_uri',
      );
      for (const [name, url] of listed) {
        const { pathname } = new URL(String(url));
        const isGet = endpoints[name as keyof typeof endpoints] === 'GET' || name === 'end_session_endpoint';
        const { status } = await (isGet ? target.get(pathname) : target.post(pathname, {}));
        expect(status, `${name} ${pathname}`).not.toBe(404);
      }
      expect(json).toMatchObject({
        subject_types_supported: ['public'],
        code_challenge_methods_supported: expect.arrayContaining(['S256']),
        response_modes_supported: expect.arrayContaining(['query', 'fragment', 'form_post']),
        id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      });
    },
  },
  {
    id: 'D02',
    title: 'the keys are public RS256 keys',
    async run(target) {
      const { keys } = await keysOf(target);
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', kid: expect.any(String) });
        expect(key).toMatchObject({
          n: expect.any(String),
          x5c: [expect.any(String)],
          x5t: expect.any(String),
        });
        expect([undefined, 'RS256']).toContain(key.alg);
        expect(Object.keys(key).filter((name) => privateMembers.includes(name))).toEqual([]);
      }
    },
  },
  {
    id: 'key-rotation',
    title: 'the next key is listed before it signs; tokens of the previous key stay valid',
    controls: ['keys'],
    async run(target, { keys }) {
      const before = (await keysOf(target)).keys.map(({ kid }) => kid);
      expect(before.length).toBeGreaterThan(1);
      const old = await newToken(target);
      expect(kidOf(old)).toBe(before[0]);
      await keys.rotate();
      const young = await newToken(target);
      expect(kidOf(young)).toBe(before[1]);
      const after = (await keysOf(target)).keys.map(({ kid }) => kid);
      expect(after).toEqual(expect.arrayContaining(before));
      expect(after.length).toBe(before.length + 1);
      await claimsOf(target, old);
      await claimsOf(target, young);
    },
  },
];
