import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const canary = 'CANARY-7f3a';
const metrics = async () => (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text();

describe('logs, metrics and errors', () => {
  it('contain no secret from any field, header, query or path', async () => {
    const api = supertest(world.url);
    const secret = (n: number) => `${canary}-${n}`;
    const answers = [
      await api.post('/v1/auth/signup').send({ email: 'c@example.com', password: secret(1), name: 'x' }),
      await api.post('/v1/auth/signin').send({ email: 'c@example.com', password: secret(2) }),
      await api.post('/v1/auth/signin').send({ email: 'c@example.com', [secret(3)]: secret(3) }),
      await api.post('/v1/auth/refresh').send({ refresh_token: secret(4) }),
      await api
        .post('/v1/oauth/token')
        .type('form')
        .send({ grant_type: 'client_credentials', client_id: 'x', client_secret: secret(5) }),
      await api
        .get(`/api/location/geocode?q=${secret(6)}&access_token=${secret(7)}`)
        .set('Authorization', `Bearer ${secret(8)}`),
      await api
        .get(`/nowhere/${secret(9)}?x=${secret(10)}`)
        .set('Cookie', `a=${secret(11)}`)
        .set('User-Agent', secret(12))
        .set('Referer', secret(13)),
      await api
        .post('/v1/auth/signin')
        .set('Content-Type', 'application/json')
        .send(`{"password":"${secret(14)}`),
      await api.get('/healthz').set('X-Forwarded-For', secret(15)),
    ];
    // It may appear only in the list of unknown keys, in the response to its sender.
    for (const { body, status } of answers)
      if (status !== 400) expect(JSON.stringify(body)).not.toContain(canary);
    expect(world.logText()).not.toContain(canary);
    expect(await metrics()).not.toContain(canary);
  });

  it('have one line per request, with its pattern and never its path', async () => {
    const before = world.lines.length;
    await supertest(world.url).get('/problems/not_found?secret=1').set('X-Request-Id', 'line-test');
    const lines = world.lines.slice(before).filter(({ request_id }) => request_id === 'line-test');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      msg: 'request',
      method: 'GET',
      route: '/problems/{code}',
      status: 400,
      level: 'info',
    });
    expect(lines[0]?.['ms']).toBeTypeOf('number');
  });

  it('cannot be forged by line breaks, escapes or separators', async () => {
    const before = world.lines.length;
    const email = 'forger@example.com';
    await supertest(world.url)
      .post('/v1/auth/signin')
      .send({ email, password: 'a\r\n{"level":"fatal"}\u001b[31m\u2028' });
    await supertest(world.url).get('/healthz').set('User-Agent', 'x{"level":"fatal"}');
    for (const line of world.lines.slice(before)) expect(['info', 'warn', 'error']).toContain(line.level);
    expect(world.logText().split('\n').filter(Boolean)).toHaveLength(world.lines.length);
  });

  it('record each sign-in once: outcome, hashed subject, address, request id', async () => {
    await supertest(world.url)
      .post('/v1/auth/signin')
      .set('X-Request-Id', 'audit-test')
      .send({ email: 'who@example.com', password: 'x' });
    const events = world.lines.filter(
      ({ request_id, event }) => request_id === 'audit-test' && event !== undefined,
    );
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      event: 'auth.signin.failed',
      outcome: 'failed',
      ip: '127.0.0.1',
      reason: 'invalid_credentials',
    });
    expect(events[0]?.['subject']).toMatch(/^[\w-]{16}$/);
    expect(world.logText()).not.toContain('who@example.com');
  });

  it('record who lacked a scope, and normalize user input', async () => {
    const api = supertest(world.url);
    const user = { email: 'joins@example.com', password: 'Correct-Horse-9' };
    await api.post('/v1/auth/signup').send(user);
    const { body } = await api.post('/v1/auth/signin').send({ ...user, scope: 'openid' });
    await api
      .get('/api/location/geocode?q=x')
      .set({ Authorization: `Bearer ${body.access_token}`, 'X-Request-Id': 'lack' });
    const denied = world.lines.filter(({ request_id }) => request_id === 'lack');
    const signedIn = world.lines.findLast(({ event }) => event === 'auth.signin.succeeded');
    expect(denied).toHaveLength(2);
    for (const line of denied) expect(line['subject']).toBe(signedIn?.['subject']);
    await api
      .post('/v1/auth/signin')
      .set('X-Request-Id', 'fold-1')
      .send({ email: 'z@example.com', password: 'x' });
    await api
      .post('/v1/auth/signin')
      .set('X-Request-Id', 'fold-2')
      .send({ email: 'Z@example.com', password: 'x' });
    const subjects = world.lines
      .filter(({ request_id, event }) => String(request_id).startsWith('fold') && event)
      .map((line) => line['subject']);
    expect(subjects).toHaveLength(2);
    expect(subjects[0]).toBe(subjects[1]);
  });

  it('count requests, sign-ins, token checks and calls to the tenant, on the admin port only', async () => {
    await supertest(world.url)
      .get('/api/location/geocode')
      .query({ q: 'x' })
      .set('Authorization', 'Bearer nonsense');
    const text = await metrics();
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{route="\/v1\/auth\/signin",method="POST",status="401"\} [1-9]/,
    );
    expect(text).toMatch(/gatehouse_signin_total\{outcome="invalid_credentials"\} [1-9]/);
    expect(text).toMatch(/gatehouse_token_verifications_total\{outcome="invalid_token"\} [1-9]/);
    expect(text).toMatch(
      /gatehouse_tenant_request_duration_seconds_count\{path="\/oauth\/token",outcome="403"\} [1-9]/,
    );
    expect(text).toMatch(/gatehouse_jwks_keys [1-9]/);
    expect(text).toMatch(/process_cpu_seconds_total/);
    expect((await fetch(`${world.url}/metrics`)).status).toBe(404);
  });
});
