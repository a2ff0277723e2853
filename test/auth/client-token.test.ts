import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { watchTenant } from '../session/support/person.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let credentials: { client_id: string; client_secret: string };

beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  const found = world.tenant.credentials('gift-deliveries');
  credentials = { client_id: found?.client_id ?? '', client_secret: found?.client_secret ?? '' };
});
afterAll(() => world.close());

const further: GatewayUnderTest[] = [];
afterEach(async () => {
  await Promise.all(further.splice(0).map((under) => under.close()));
});
async function another(env: Record<string, string>): Promise<string> {
  const under = await startGatewayUnderTest(env, world.link, world.clock);
  further.push(under);
  return under.url;
}

const ask = (fields: object = {}, url = world.url) =>
  supertest(url)
    .post('/v1/oauth/token')
    .type('form')
    .send({ grant_type: 'client_credentials', ...credentials, ...fields });
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

async function tokenCalls(): Promise<number> {
  const requests = (await (await fetch(`${world.tenant.origin}/_tenant/requests`)).json()) as {
    path: string;
  }[];
  return requests.filter(({ path }) => path === '/oauth/token').length;
}

describe('POST /v1/oauth/token', () => {
  it('answers form, JSON and Basic in the same way, with no-store', async () => {
    const form = await ask();
    const json = await supertest(world.url)
      .post('/v1/oauth/token')
      .send({ grant_type: 'client_credentials', ...credentials });
    const header = await supertest(world.url)
      .post('/v1/oauth/token')
      .set('Authorization', basic(credentials.client_id, credentials.client_secret))
      .type('form')
      .send({ grant_type: 'client_credentials' });
    for (const response of [form, json, header]) {
      expect(response.status).toBe(200);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.body).toMatchObject({ token_type: 'Bearer' });
      expect(response.body.access_token).toBe(form.body.access_token);
    }
  });

  it('reuses a token for ten minutes with the remaining lifetime, then requests a new one', async () => {
    const first = await ask({ scope: 'geocode:location' });
    const before = await tokenCalls();
    world.clock.offsetS += 590;
    const second = await ask({ scope: 'geocode:location' });
    expect(second.body.access_token).toBe(first.body.access_token);
    expect(first.body.expires_in - second.body.expires_in).toBeGreaterThanOrEqual(590);
    expect(await tokenCalls()).toBe(before);
    world.clock.offsetS += 10;
    const third = await ask({ scope: 'geocode:location' });
    expect(third.body.access_token).not.toBe(first.body.access_token);
    expect((await ask({ scope: 'geocode:location' })).body.access_token).toBe(third.body.access_token);
    expect(await tokenCalls()).toBe(before + 1);
  });

  it.each([
    [300, 240],
    [120, 60],
    [60, 30],
    [40, 20],
  ])('a token that lives %i s is reused for %i s', async (lifetimeS, reusedForS) => {
    const { resourceServers } = storedIn(world.tenant);
    const [api] = resourceServers.find('identifier', 'urn:worldmappers');
    if (!api) throw new Error('no such API');
    resourceServers.put({ ...api, token_lifetime: lifetimeS });
    onTestFinished(() => resourceServers.put(api));
    const url = await another({ RATE_LIMIT_ENABLED: 'false' });
    const tenant = watchTenant(world);
    const first = await ask({}, url);
    expect(first.body.expires_in).toBe(lifetimeS);
    // The machine may be slow, and the clock keeps running.
    world.clock.offsetS += reusedForS - 10;
    const second = await ask({}, url);
    expect(second.body.access_token).toBe(first.body.access_token);
    expect(second.body.expires_in).toBeLessThanOrEqual(lifetimeS - reusedForS + 10);
    expect(await tenant.tokenCalls()).toBe(1);
    world.clock.offsetS += 10;
    expect((await ask({}, url)).body.access_token).not.toBe(first.body.access_token);
    expect(await tenant.tokenCalls()).toBe(2);
  });

  it('a rotated secret and a deleted client are refused after ten minutes', async () => {
    const { clients } = storedIn(world.tenant);
    const client = clients.get(credentials.client_id);
    if (!client) throw new Error('no such client');
    onTestFinished(() => clients.put(client));
    const url = await another({ RATE_LIMIT_ENABLED: 'false' });
    const rotated = { client_secret: 'the-new-secret-of-the-tests' };
    expect((await ask({}, url)).status).toBe(200);
    clients.put({ ...client, ...rotated });
    const tenant = watchTenant(world);
    expect((await ask({}, url)).status).toBe(200);
    expect(await tenant.tokenCalls()).toBe(0);
    expect((await ask(rotated, url)).status).toBe(200);
    expect(await tenant.tokenCalls()).toBe(1);
    world.clock.offsetS += 600;
    expect((await ask({}, url)).body.error).toBe('invalid_client');
    expect((await ask(rotated, url)).status).toBe(200);
    clients.remove(client.client_id);
    world.clock.offsetS += 600;
    expect((await ask(rotated, url)).body.error).toBe('invalid_client');
  });

  it('makes one call to the tenant for parallel requests of one client', async () => {
    const before = await tokenCalls();
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask({ scope: 'directions' })));
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1);
    expect((await tokenCalls()) - before).toBe(1);
  });

  it('never mixes audiences, scopes or secrets', async () => {
    const whole = await ask();
    const narrow = await ask({ scope: 'geocode:location' });
    expect(narrow.body.access_token).not.toBe(whole.body.access_token);
    const wrong = await ask({ client_secret: `${credentials.client_secret}x` });
    expect(wrong.status).toBe(401);
    expect(wrong.body.error).toBe('invalid_client');
  });

  it('with the cache disabled calls the tenant each time', async () => {
    const url = await another({ M2M_TOKEN_CACHE: 'false', RATE_LIMIT_ENABLED: 'false' });
    const before = await tokenCalls();
    await ask({}, url);
    await ask({}, url);
    expect((await tokenCalls()) - before).toBe(2);
  });

  it.each([
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client'],
    ['an unknown audience', { audience: 'urn:other' }, 400, 'invalid_target'],
    ['a scope beyond the grant', { scope: 'admin:everything' }, 400, 'invalid_scope'],
    ['a client id that is no printable ASCII', { client_id: 'a\u2028b' }, 400, 'invalid_request'],
    ['no grant type', { grant_type: undefined }, 400, 'invalid_request'],
    ['a doubled parameter', { audience: ['a', 'b'] }, 400, 'invalid_request'],
  ])('%s has the OAuth error format', async (_what, fields, status, error) => {
    const response = await ask(fields);
    expect(response.status).toBe(status);
    expect(response.body.error).toBe(error);
    expect(Object.keys(response.body).toSorted()).toEqual(['error', 'error_description']);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
  });

  it('names a scope beyond the grant', async () => {
    const { body } = await ask({ scope: 'geocode:location admin:everything' });
    expect(body).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('geocode:location admin:everything'),
    });
  });

  it('reports a client without a grant for the gateway’s API', async () => {
    const other = world.tenant.credentials('gatehouse-management');
    expect((await ask(other)).body.error).toBe('invalid_target');
  });

  it('a wrong secret by Basic gets a Basic challenge, and two methods at once are refused', async () => {
    const wrong = await supertest(world.url)
      .post('/v1/oauth/token')
      .set('Authorization', basic(credentials.client_id, 'wrong'))
      .type('form')
      .send({ grant_type: 'client_credentials' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers['www-authenticate']).toMatch(/^Basic realm="gatehouse"/);
    const both = await ask().set('Authorization', basic(credentials.client_id, credentials.client_secret));
    expect(both.body.error).toBe('invalid_request');
    for (const header of [
      'Basic',
      'Basic !!!',
      'Bearer x',
      `Basic ${Buffer.from('nocolon').toString('base64')}`,
    ]) {
      const response = await supertest(world.url)
        .post('/v1/oauth/token')
        .set('Authorization', header)
        .type('form')
        .send({ grant_type: 'client_credentials' });
      expect(response.status, header).toBe(401);
    }
  });
});

describe('the limits of the token endpoint', () => {
  it('allow 20 failures per client and address a minute, without locking out the client with the correct secret', async () => {
    const url = await another({});
    const wrong = await Promise.all(Array.from({ length: 25 }, () => ask({ client_secret: 'wrong' }, url)));
    // Identical parallel requests are combined; requests with different secrets are not.
    expect(new Set(wrong.map(({ status }) => status))).toEqual(new Set([401]));
    const spray = await Promise.all(
      Array.from({ length: 25 }, (_, i) => ask({ client_secret: `wrong${i}` }, url)),
    );
    const limited = spray.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.body.error).toBe('temporarily_unavailable');
    expect(Number(limited[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(spray.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(20);
  });

  it('allow 100 failures per address a minute, over all client ids, without affecting another address', async () => {
    const url = await another({ TRUST_PROXY: '127.0.0.1' });
    const from = (ip: string) => ({ 'X-Forwarded-For': ip });
    const before = await tokenCalls();
    const spray = await Promise.all(
      Array.from({ length: 150 }, (_, i) =>
        ask({ client_id: `nobody-${i}`, client_secret: 'x' }, url).set(from('192.0.2.1')),
      ),
    );
    expect(spray.filter(({ status }) => status === 401)).toHaveLength(100);
    const [refused] = spray.filter(({ status }) => status === 429);
    expect(refused?.body.error).toBe('temporarily_unavailable');
    expect(refused?.headers['ratelimit-policy']).toBe('"token-ip";q=100;w=60');
    expect((await tokenCalls()) - before).toBe(100);
    expect((await ask({}, url).set(from('192.0.2.2'))).status).toBe(200);
  });

  it('do not count parallel successes as failures', async () => {
    const url = await another({ M2M_TOKEN_CACHE: 'false', RATE_LIMIT_TOKEN_CLIENT: '100/1m' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask({}, url)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(answers[0]?.headers['ratelimit-policy']).toMatch(/^"token-/);
  });

  it('count issued tokens of an authenticated client, but not cache hits', async () => {
    const url = await another({ RATE_LIMIT_TOKEN_CLIENT: '2/1m' });
    const scopes = ['geocode:location', 'directions', 'reverse-geocode:location'];
    const answers = [];
    for (const scope of [scopes[0], scopes[1], scopes[0], scopes[1], scopes[2]])
      answers.push(await ask({ scope }, url));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
  });

  it('an outage of the tenant is 503 temporarily_unavailable, and does not count as a failure of the client', async () => {
    const lonely = await startGatewayUnderTest(
      {},
      { ...world.link, baseUrl: 'http://127.0.0.1:1' },
      world.clock,
    );
    further.push(lonely);
    for (let i = 0; i < 25; i++) {
      const response = await ask({ scope: `s${i}` }, lonely.url);
      expect(response.status).toBe(503);
      expect(response.body.error).toBe('temporarily_unavailable');
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
  });
});
