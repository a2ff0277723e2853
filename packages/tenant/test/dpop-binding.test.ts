import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProofKey, type ProofKey, type ProofOptions } from './support/dpop.ts';
import { dpopSeed } from './support/dpop-seed.ts';
import { password } from './support/seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  stores,
  type TestTenant,
} from './support/start-test-tenant.ts';

describe.each(stores)('DPoP bindings on %s', (store) => {
  let t: TestTenant;
  let key: ProofKey;
  let other: ProofKey;
  let nonce: string;
  beforeAll(async () => {
    t = await startTestTenant(store, dpopSeed);
    [key, other] = await Promise.all([createProofKey(t), createProofKey(t)]);
    const refusal = await t.signIn('browser', {}, { dpop: await key.prove() });
    nonce = refusal.headers.get('dpop-nonce') ?? '';
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  const proveWith = (by: ProofKey, options: ProofOptions = {}) =>
    by.prove({ ...options, claims: { nonce, ...options.claims } });
  const machine = async (client: string, audience: string, by?: ProofKey): Promise<Answer> =>
    t.token(
      client,
      { grant_type: 'client_credentials', audience },
      by ? { dpop: await by.prove() } : undefined,
    );

  describe('by the policies of client and API', () => {
    const outcome = (answer: Answer) =>
      answer.status === 200 ? String(answer.json.token_type) : String(answer.json.error);

    it.each([
      ['machine', 'urn:bearer', 'Bearer', 'Bearer'],
      ['machine', 'urn:dpop', 'Bearer', 'DPoP'],
      ['machine', 'urn:dpop-required', 'invalid_request', 'DPoP'],
      ['machine', 'urn:dpop-public', 'Bearer', 'DPoP'],
      ['bound-machine', 'urn:bearer', 'invalid_request', 'invalid_request'],
      ['bound-machine', 'urn:dpop', 'invalid_request', 'DPoP'],
      ['bound-machine', 'urn:dpop-required', 'invalid_request', 'DPoP'],
    ])('%s at %s: %s without a proof, %s with one', async (client, audience, without, withProof) => {
      expect(outcome(await machine(client, audience))).toBe(without);
      const proven = await machine(client, audience, key);
      expect(outcome(proven)).toBe(withProof);
      if (proven.status === 200) expect('cnf' in claimsOf(proven)).toBe(withProof === 'DPoP');
    });

    it('an API can require it of public clients only', async () => {
      const ask = { audience: 'urn:dpop-public', scope: 'read' };
      expect(outcome(await t.signIn('browser', ask))).toBe('invalid_request');
      expect(outcome(await t.signIn('browser', ask, { dpop: await proveWith(key) }))).toBe('DPoP');
      expect(outcome(await t.signIn('lasting', ask))).toBe('Bearer');
    });

    it('for /userinfo alone the proof always binds, and a client that requires it gets no token without', async () => {
      const body = { scope: 'openid' };
      expect(outcome(await t.signIn('lasting', body))).toBe('Bearer');
      expect(outcome(await t.signIn('lasting', body, { dpop: await key.prove() }))).toBe('DPoP');
      const refused = await t.signIn('bound-machine', body);
      expect(outcome(refused)).toBe('invalid_request');
      expect(refused.headers.get('x-tenant-hint')).toMatch(/Sender-Constraining/);
    });
  });

  describe('refresh tokens', () => {
    const begin = async (client = 'browser', by: ProofKey = key): Promise<string> => {
      const dpop = await proveWith(by);
      const ask = { audience: 'urn:dpop', scope: 'openid offline_access read' };
      return String((await t.signIn(client, ask, { dpop })).json.refresh_token);
    };
    const refresh = async (refresh_token: string, by?: ProofKey, client = 'browser') =>
      t.token(
        client,
        { grant_type: 'refresh_token', refresh_token },
        by ? { dpop: await proveWith(by) } : undefined,
      );

    it('of a public client work with the same key, and only with it', async () => {
      const token = await begin();
      for (const by of [undefined, other]) {
        const answer = await refresh(token, by);
        expect([answer.status, answer.json.error]).toEqual([400, 'invalid_dpop_proof']);
      }
      const good = await refresh(token, key);
      expect(good.status).toBe(200);
      expect(claimsOf(good).cnf).toEqual({ jkt: key.jkt });
      const next = await refresh(String(good.json.refresh_token), other);
      expect(next.json.error).toBe('invalid_dpop_proof');
    });

    it('reuse of an old token without the key does not revoke the family', async () => {
      const first = await begin();
      const second = String((await refresh(first, key)).json.refresh_token);
      expect((await refresh(first, other)).status).toBe(400);
      expect((await refresh(second, key)).status).toBe(200);
    });

    it('of a confidential client are not bound', async () => {
      const token = await begin('lasting');
      const answer = await refresh(token, other, 'lasting');
      expect(claimsOf(answer).cnf).toEqual({ jkt: other.jkt });
      expect((await refresh(token, undefined, 'lasting')).json.token_type).toBe('Bearer');
    });

    it('that started without a proof continue without one', async () => {
      const ask = { audience: 'urn:dpop', scope: 'offline_access' };
      const token = String((await t.signIn('browser', ask)).json.refresh_token);
      expect((await refresh(token)).json.token_type).toBe('Bearer');
    });
  });

  describe('at /userinfo', () => {
    const tokenFor = async (audience?: string): Promise<string> => {
      const ask = { scope: 'openid read', ...(audience !== undefined && { audience }) };
      const answer = await t.signIn('browser', ask, { dpop: await proveWith(key) });
      expect(answer.json.token_type).toBe('DPoP');
      return String(answer.json.access_token);
    };
    const prove = (accessToken: string, options: ProofOptions = {}, by = key) =>
      by.prove({ method: 'GET', url: '/userinfo', accessToken, ...options });
    const userinfo = (authorization: string, dpop?: string) =>
      t.get('/userinfo', { authorization, ...(dpop !== undefined && { dpop }) });

    it.each([undefined, 'urn:dpop'])('a bound token (audience %s) works with a proof', async (audience) => {
      const token = await tokenFor(audience);
      const answer = await userinfo(`DPoP ${token}`, await prove(token));
      expect(answer.status).toBe(200);
      expect(answer.json.sub).toBe('auth0|ann-id');
    });

    it('it works with POST too, with a proof for POST', async () => {
      const token = await tokenFor();
      const headers = async (method: string) => ({
        authorization: `DPoP ${token}`,
        dpop: await prove(token, { method }),
      });
      expect((await t.post('/userinfo', {}, await headers('POST'))).status).toBe(200);
      expect((await t.post('/userinfo', {}, await headers('GET'))).status).toBe(401);
    });

    it('a bound token as a bearer token, or without a proof, answers 401', async () => {
      const token = await tokenFor('urn:dpop');
      const answers = [
        await userinfo(`Bearer ${token}`),
        await userinfo(`Bearer ${token}`, await prove(token)),
        await userinfo(`DPoP ${token}`),
        await t.post('/userinfo', { access_token: token }),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.text]).toEqual([401, 'Unauthorized']);
        expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*algs="ES256"/);
      }
    });

    it.each<[string, ProofOptions]>([
      ['names another token', { accessToken: 'another' }],
      ['names no token', { accessToken: undefined }],
      ['is for another URL', { url: '/oauth/token' }],
      ['is for another method', { method: 'POST' }],
    ])('a proof that %s answers 401 invalid_dpop_proof', async (_name, options) => {
      const token = await tokenFor();
      const answer = await userinfo(`DPoP ${token}`, await prove(token, options));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/error="invalid_dpop_proof"/);
    });

    it('a proof by another key, and a replayed one, answer 401 invalid_dpop_proof', async () => {
      const token = await tokenFor();
      const stolen = await userinfo(`DPoP ${token}`, await prove(token, {}, other));
      expect(stolen.headers.get('www-authenticate')).toMatch(/error="invalid_dpop_proof"/);
      const proof = await prove(token);
      const answers = await Promise.all([1, 2, 3, 4].map(() => userinfo(`DPoP ${token}`, proof)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
    });

    it('a bearer token under the scheme DPoP answers 401', async () => {
      const token = String((await t.signIn('lasting', { scope: 'openid' })).json.access_token);
      expect((await userinfo(`DPoP ${token}`, await prove(token))).status).toBe(401);
      expect((await userinfo(`Bearer ${token}`)).status).toBe(200);
    });
  });

  it('a proof is checked before the password: a wrong proof counts as no attempt', async () => {
    const before = t.logTypes().length;
    const answer = await t.signIn('browser', { password }, { dpop: 'garbage' });
    expect(answer.json.error).toBe('invalid_dpop_proof');
    expect(t.logTypes().slice(before)).toEqual(['fepft']);
  });
});
