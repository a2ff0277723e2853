import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const ada = { email: 'ada@example.com', password: 'Correct-Horse-9' };

describe('a newcomer', () => {
  it('signs up, signs in and calls a scoped route with the token', async () => {
    const api = supertest(world.url);
    const signedUp = await api.post('/v1/auth/signup').send({ ...ada, given_name: 'Ada' });
    expect(signedUp.status).toBe(201);
    expect(signedUp.body.user).toMatchObject({ email: ada.email, email_verified: false, given_name: 'Ada' });
    expect(signedUp.body.user.id).toMatch(/^auth0\|[0-9a-f]{24}$/);
    expect(JSON.stringify(signedUp.body)).not.toMatch(/token|password/);

    const signedIn = await api.post('/v1/auth/signin').send(ada);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers['cache-control']).toBe('no-store');
    expect(signedIn.headers['set-cookie']).toBeUndefined();
    expect(signedIn.body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
    expect(signedIn.body.scope.split(' ')).toEqual(
      expect.arrayContaining(['openid', 'offline_access', 'geocode:location', 'reverse-geocode:location']),
    );
    expect(signedIn.body.id_token).toBeTypeOf('string');
    expect(signedIn.body.refresh_token).toBeTypeOf('string');

    const bearer = { Authorization: `Bearer ${signedIn.body.access_token}` };
    const found = await api.get('/api/location/geocode').query({ q: 'Redmond, WA' }).set(bearer);
    expect(found.status).toBe(200);
    expect(found.body.lat).toBeCloseTo(47.674, 2);
    expect(found.body.lng).toBeCloseTo(-122.1215, 2);
    expect(found.body.features[0].properties).toMatchObject({
      name: 'Redmond',
      region: 'Washington',
      country_code: 'US',
    });

    const near = await api
      .get('/api/location/reverse-geocode')
      .query({ lat: '47.674', lng: '-122.1215' })
      .set(bearer);
    expect(near.status).toBe(200);
    expect(near.body.features[0].properties.name).toBe('Redmond');
  });

  it('without a token learns from the response where to get one', async () => {
    const response = await supertest(world.url).get('/api/location/geocode').query({ q: 'Oslo' });
    expect(response.status).toBe(401);
    expect(response.body.code).toBe('unauthenticated');
    const challenge = response.headers['www-authenticate'] ?? '';
    expect(challenge).toMatch(/^Bearer realm="gatehouse", resource_metadata="/);
    expect(challenge).not.toMatch(/error/);
    const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const metadata = await supertest(world.url).get(new URL(metadataUrl).pathname);
    expect(metadata.body).toMatchObject({
      resource: `${world.gateway.publicUrl}/api/location/geocode`,
      authorization_servers: [world.tenant.issuer],
      scopes_supported: ['geocode:location'],
    });
  });

  it('refreshes the tokens, and the old refresh token is invalid', async () => {
    const api = supertest(world.url);
    const { body } = await api.post('/v1/auth/signin').send(ada);
    const refreshed = await api.post('/v1/auth/refresh').send({ refresh_token: body.refresh_token });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refresh_token).not.toBe(body.refresh_token);
    const called = await api
      .get('/api/location/geocode')
      .query({ q: 'Oslo' })
      .set({ Authorization: `Bearer ${refreshed.body.access_token}` });
    expect(called.status).toBe(200);
    const unknown = await api.post('/v1/auth/refresh').send({ refresh_token: 'no-such-token' });
    expect(unknown.status).toBe(401);
    expect(unknown.body.code).toBe('invalid_refresh_token');
  });

  it('with a narrower scope is refused by the route of the omitted scope', async () => {
    const api = supertest(world.url);
    const { body } = await api
      .post('/v1/auth/signin')
      .send({ ...ada, scope: 'openid reverse-geocode:location' });
    const refused = await api
      .get('/api/location/geocode')
      .query({ q: 'Oslo' })
      .set({ Authorization: `Bearer ${body.access_token}` });
    expect(refused.status).toBe(403);
    expect(refused.body.code).toBe('insufficient_scope');
    expect(refused.headers['www-authenticate']).toMatch(
      /error="insufficient_scope", scope="geocode:location"/,
    );
    expect(refused.headers['cache-control']).toBe('no-store');
  });
});

describe('a machine client', () => {
  it('gets a token at the gateway and calls with it', async () => {
    const api = supertest(world.url);
    const credentials = world.tenant.credentials('gift-deliveries');
    const issued = await api
      .post('/v1/oauth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', ...credentials });
    expect(issued.status).toBe(200);
    const called = await api
      .get('/api/location/geocode')
      .query({ q: 'Oslo' })
      .set({ Authorization: `Bearer ${issued.body.access_token}` });
    expect(called.status).toBe(200);
    expect(called.body.features[0].properties.country_code).toBe('NO');
  });
});
