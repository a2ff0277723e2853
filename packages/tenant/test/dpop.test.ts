import { exportJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProofKey, type ProofKey, type ProofOptions } from './support/dpop.ts';
import { dpopSeed } from './support/dpop-seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  stores,
  type TestTenant,
} from './support/start-test-tenant.ts';

describe.each(stores)('DPoP proofs at /oauth/token on %s', (store) => {
  let t: TestTenant;
  let key: ProofKey;
  beforeAll(async () => {
    t = await startTestTenant(store, dpopSeed);
    key = await createProofKey(t);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  const machine = (dpop: string, more: object = {}): Promise<Answer> =>
    t.token('machine', { grant_type: 'client_credentials', audience: 'urn:dpop', ...more }, { dpop });
  const prove = async (options: ProofOptions): Promise<Answer> => machine(await key.prove(options));

  it('DP01: a proof yields a token of type DPoP bound to its key', async () => {
    const answer = await machine(await key.prove());
    expect(answer.status).toBe(200);
    expect(answer.json.token_type).toBe('DPoP');
    expect(claimsOf(answer).cnf).toEqual({ jkt: key.jkt });
    expect(answer.headers.has('dpop-nonce')).toBe(false);
  });

  it('DP02: a replayed proof answers 400 invalid_dpop_proof', async () => {
    const proof = await key.prove();
    expect((await machine(proof)).status).toBe(200);
    const replay = await machine(proof);
    expect(replay.status).toBe(400);
    expect(replay.json.error).toBe('invalid_dpop_proof');
    expect(replay.headers.get('x-tenant-hint')).toMatch(/jti/);
  });

  it('of twenty parallel uses of one proof exactly one succeeds', async () => {
    const proof = await key.prove();
    const answers = await Promise.all(Array.from({ length: 20 }, () => machine(proof)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(answers.filter(({ json }) => json.error === 'invalid_dpop_proof')).toHaveLength(19);
  });

  it.each<[string, ProofOptions]>([
    ['another path', { url: '/userinfo' }],
    ['another host', { url: 'https://tenant.example/oauth/token' }],
    ['another method', { method: 'GET' }],
    ['a method in lower case', { method: 'post' }],
    ['no URL', { claims: { htu: 'token' } }],
    ['another typ', { header: { typ: 'JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['no jwk', { header: { jwk: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an empty jti', { claims: { jti: '' } }],
    ['a jti that is no text', { claims: { jti: 7 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['an iat that is no number', { claims: { iat: 'now' } }],
    ['an end that has passed', { claims: { exp: 1 } }],
  ])('a proof for or with %s is refused', async (_name, options) => {
    const answer = await prove(options);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('invalid_dpop_proof');
  });

  it('a proof for a URL of another scheme, or with credentials, is refused', async () => {
    const { domain } = t.tenant;
    for (const url of [`ftp://${domain}/oauth/token`, `https://a:b@${domain}/oauth/token`])
      expect((await prove({ url })).json.error_description).toMatch(/htu/);
  });

  it('a proof with the private key in its header, or signed with HMAC or RSA, is refused', async () => {
    const rsa = await createProofKey(t, 'RS256');
    const proofs = [
      await key.prove({ header: { jwk: await exportJWK(key.privateKey) } }),
      await key.prove({ header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }),
      await rsa.prove(),
      'garbage',
      '',
    ];
    for (const proof of proofs) {
      const answer = await machine(proof);
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_dpop_proof']);
    }
  });

  it('a proof signed by a key other than its embedded one is refused', async () => {
    const other = await createProofKey(t);
    const proof = await key.prove({ header: { jwk: other.publicJwk } });
    expect((await machine(proof)).json.error).toBe('invalid_dpop_proof');
  });

  it('two proofs in one request are refused', async () => {
    const proofs = `${await key.prove()}, ${await key.prove()}`;
    expect((await machine(proofs)).json.error).toBe('invalid_dpop_proof');
  });

  it('the URL of a proof is compared without query and fragment, for http and https', async () => {
    const { origin, issuer } = t.tenant;
    const urls = [
      `${issuer}oauth/token`,
      `${origin}/oauth/token?a=b#c`,
      `${origin.toUpperCase()}/oauth/token`,
    ];
    const answers = await Promise.all(urls.map((url) => prove({ url })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('iat is checked by the tenant’s clock', async () => {
    const iat = Math.floor(t.clock.now() / 1000);
    const at = async (offset: number) => (await prove({ claims: { iat: iat + offset } })).status;
    expect(await at(-290)).toBe(200);
    expect(await at(-310)).toBe(400);
    expect(await at(50)).toBe(200);
    expect(await at(90)).toBe(400);
    t.clock.offsetS = 3600;
    expect(await at(0)).toBe(400);
    expect(await at(3600)).toBe(200);
  });

  it('a used proof is remembered for as long as its iat is valid', async () => {
    const proof = await key.prove({ claims: { iat: Math.floor(t.clock.now() / 1000) + 55 } });
    expect((await machine(proof)).status).toBe(200);
    t.clock.offsetS = 340;
    t.stored.sweep(t.clock.now());
    const replay = await machine(proof);
    expect(replay.json.error_description).toMatch(/jti/);
  });

  describe('nonces of public clients', () => {
    const password = { audience: 'urn:dpop', scope: 'openid offline_access read' };
    const signIn = (dpop: string) => t.signIn('browser', password, { dpop });

    it('without a nonce the answer is 400 use_dpop_nonce with the nonce to use, and then 200', async () => {
      const first = await signIn(await key.prove());
      expect(first.status).toBe(400);
      expect(first.json).toEqual({
        error: 'use_dpop_nonce',
        error_description: 'Authorization server requires nonce in DPoP proof',
      });
      const nonce = first.headers.get('dpop-nonce');
      const second = await signIn(await key.prove({ claims: { nonce } }));
      expect(second.status).toBe(200);
      expect(second.json.token_type).toBe('DPoP');
      expect(second.headers.get('dpop-nonce')).toBe(nonce);
    });

    it('a nonce is valid until the second next one is issued', async () => {
      const nonce = (await signIn(await key.prove())).headers.get('dpop-nonce');
      const later = async (offsetS: number) => {
        t.clock.offsetS = offsetS;
        return signIn(await key.prove({ claims: { nonce } }));
      };
      const successor = (await later(310)).headers.get('dpop-nonce');
      expect(successor).not.toBe(nonce);
      expect((await later(311)).status).toBe(200);
      expect((await later(620)).json.error).toBe('use_dpop_nonce');
    });

    it('with a valid nonce the client’s clock does not matter', async () => {
      t.clock.offsetS = 86_400;
      const nonce = (await signIn(await key.prove())).headers.get('dpop-nonce');
      const iat = Math.floor(Date.now() / 1000);
      expect((await signIn(await key.prove({ claims: { nonce, iat } }))).status).toBe(200);
    });

    it('an invalid nonce is answered with a valid one', async () => {
      for (const nonce of ['made-up', 7, '']) {
        const answer = await signIn(await key.prove({ claims: { nonce } }));
        expect(answer.json.error).toBe('use_dpop_nonce');
      }
    });
  });
});
