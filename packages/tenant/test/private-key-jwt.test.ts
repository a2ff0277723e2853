import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { AuthenticationClient } from 'auth0/legacy';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './support/seed.ts';
import { startTestTenant, statusesOf, stores, type TestTenant } from './support/start-test-tenant.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const clientId = 'keyed';
const seed = {
  clients: [
    {
      client_id: clientId,
      grant_types: ['client_credentials'],
      client_authentication_methods: {
        private_key_jwt: { credentials: [{ credential_type: 'public_key', pem }] },
      },
    },
  ],
  client_grants: [{ client_id: clientId, audience: api, scope: ['directions'] }],
};

describe.each(stores)('private_key_jwt on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  interface Twist {
    readonly claims?: Record<string, unknown>;
    readonly alg?: string;
    readonly key?: Parameters<SignJWT['sign']>[0];
  }
  function assertion({ claims = {}, alg = 'RS256', key = privateKey }: Twist = {}): Promise<string> {
    const now = Math.floor(t.clock.now() / 1000);
    const good = {
      iss: clientId,
      sub: clientId,
      aud: t.tenant.issuer,
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
    };
    return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg }).sign(key);
  }
  const ask = (client_assertion: string, more: object = {}) =>
    t.post('/oauth/token', {
      grant_type: 'client_credentials',
      audience: api,
      client_id: clientId,
      client_assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      ...more,
    });

  it('an assertion by the client’s key works like a secret, with or without client_id', async () => {
    expect((await ask(await assertion())).status).toBe(200);
    expect((await ask(await assertion(), { client_id: undefined })).status).toBe(200);
  });

  it('one assertion works once, also in parallel', async () => {
    const once = await assertion();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(once)));
    expect(statusesOf(answers)).toEqual([200, 401, 401, 401]);
  });

  it.each<[string, Twist]>([
    ['another key', { key: stranger }],
    ['another issuer', { claims: { iss: 'host' } }],
    ['another subject', { claims: { sub: 'host' } }],
    ['another audience', { claims: { aud: 'https://elsewhere.example/' } }],
    ['an algorithm that is not the key’s', { alg: 'RS384' }],
    ['HMAC with the public key', { alg: 'HS256', key: new TextEncoder().encode(pem) }],
    ['an expiry in the past', { claims: { exp: 1 } }],
    ['no expiry', { claims: { exp: undefined } }],
    ['no id', { claims: { jti: undefined } }],
  ])('an assertion with %s answers 401', async (_name, twist) => {
    const answer = await ask(await assertion(twist));
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: 'access_denied', error_description: 'Unauthorized' });
  });

  it('another assertion type, no assertion, and a secret instead answer 401', async () => {
    const answers = await Promise.all([
      ask(await assertion(), { client_assertion_type: 'other' }),
      ask('', { client_assertion_type: undefined }),
      ask('', { client_secret: t.stored.clients.get(clientId)?.client_secret }),
      ask('not a jwt', { client_id: undefined }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
  });

  it('such a client has no secret', () => {
    expect(t.tenant.credentials(clientId)).toEqual({ client_id: clientId });
  });

  it('the legacy SDK signs its own', async () => {
    const clientAssertionSigningKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const client = new AuthenticationClient({ domain: t.tenant.domain, clientId, clientAssertionSigningKey });
    const { data } = await client.oauth.clientCredentialsGrant({ audience: api });
    expect(data.access_token.split('.')).toHaveLength(3);
  });
});
