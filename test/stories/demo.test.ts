import { beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { followPage, HAS_CURL } from '../support/follow-page.ts';
import { readSteps } from '../support/runnable-page.ts';
import { type Demo, demoPassword, startDemo } from './demo/start-demo.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever comes
  readonly body: any;
}

async function send(
  url: string,
  { method = 'GET', token, body }: { method?: string; token?: string | undefined; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

describe('the demo', () => {
  let demo: Demo;
  let api: string;
  let ada: string;
  let bob: string;

  /** An access token of a user, by default for Organizer. */
  async function signIn(email: string, more: object = {}): Promise<string> {
    const { body } = await send(`${demo.urls.Gatehouse}/v1/auth/signin`, {
      method: 'POST',
      body: {
        email,
        password: demoPassword,
        audience: 'urn:organizer',
        scope: 'appointments contacts tasks',
        ...more,
      },
    });
    return body.access_token;
  }

  beforeAll(async () => {
    demo = await startDemo();
    api = `${demo.urls.Gatehouse}/api`;
    [ada, bob] = await Promise.all([signIn('ada@example.com'), signIn('bob@example.com')]);
  });

  it('prints the URLs to open, and all of them respond', async () => {
    const urls = [...demo.text.matchAll(/http:\S+/g)].map(([url]) => url);
    expect(urls.length).toBeGreaterThanOrEqual(7);
    const statuses = await Promise.all(urls.map(async (url) => [url, (await fetch(url)).status]));
    expect(statuses).toEqual(urls.map((url) => [url, 200]));
  });

  it('has users who each see only their own data', async () => {
    for (const kind of ['appointments', 'contacts', 'tasks']) {
      const [adas, bobs] = await Promise.all([ada, bob].map((token) => send(`${api}/${kind}`, { token })));
      expect(adas?.body.length).toBeGreaterThan(0);
      expect(bobs?.body.length).toBeGreaterThan(0);
      const ids = (answer: Answer | undefined) => answer?.body.map(({ id }: { id: string }) => id);
      expect(ids(adas)).not.toEqual(expect.arrayContaining(ids(bobs)));
    }
  });

  it.each([
    [
      'appointments',
      { subject: 'Concert', starts_at: '2030-01-02T19:00:00+01:00', attendees: ['bob@example.com'] },
      { subject: 'Opera', starts_at: '2030-01-02T20:00:00Z', ends_at: '2030-01-02T23:00:00Z' },
    ],
    ['contacts', { name: 'Baker', phone: '+15550100203' }, { name: 'Baker', email: 'baker@example.com' }],
    ['tasks', { title: 'Paint', due_date: '2030-01-02' }, { title: 'Paint', done: true }],
  ])('creates, reads, replaces and removes %s behind the gateway', async (kind, first, second) => {
    const created = await send(`${api}/${kind}`, { method: 'POST', token: ada, body: first });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject(first);
    // The gateway has rewritten the Location.
    const place = created.headers.get('location') ?? '';
    expect(place).toBe(`/api/${kind}/${created.body.id}`);
    const url = `${demo.urls.Gatehouse}${place}`;
    expect(await send(url, { token: ada })).toMatchObject({ status: 200, body: created.body });
    const replaced = await send(url, { method: 'PUT', token: ada, body: second });
    expect(replaced.body).toMatchObject({ id: created.body.id, ...second });
    expect((await send(`${api}/${kind}`, { token: ada })).body).toContainEqual(replaced.body);

    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(
        await send(url, { method, token: bob, ...(method === 'PUT' && { body: second }) }),
      ).toMatchObject({ status: 404 });
    expect(await send(url, { token: ada })).toMatchObject({ status: 200, body: replaced.body });

    expect((await send(url, { method: 'DELETE', token: ada })).status).toBe(204);
    expect((await send(url, { token: ada })).status).toBe(404);
    expect((await send(url, { method: 'DELETE', token: ada })).status).toBe(404);
  });

  it('Organizer verifies tokens itself: without the gateway it refuses tokens for other APIs', async () => {
    const url = `${demo.organizer}/tasks`;
    const ofWorldMappers = await signIn('ada@example.com', { audience: 'urn:worldmappers', scope: 'openid' });
    const refused: readonly (readonly [string | undefined, number, string])[] = [
      [undefined, 401, 'unauthenticated'],
      ['not-a-token', 401, 'invalid_token'],
      [`${ada.slice(0, -8)}AAAAAAAA`, 401, 'invalid_token'],
      [ofWorldMappers, 401, 'invalid_token'],
      [await signIn('ada@example.com', { scope: 'contacts' }), 403, 'insufficient_scope'],
    ];
    for (const [token, status, error] of refused) {
      const answer = await send(url, token === undefined ? {} : { token });
      expect([answer.status, answer.body.error]).toEqual([status, error]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await send(url, { token: ada })).status).toBe(200);
  });

  it.each([
    ['{', 400],
    [{ title: '' }, 422],
    [{ title: 'x', done: 'yes' }, 422],
    [{ title: 'x', owner: 'bob' }, 422],
    [{ title: 'x', due_date: 'tomorrow' }, 422],
    [[], 422],
    [{ title: 'x'.repeat(501) }, 422],
  ])('Organizer refuses %j as a task: %i', async (body, status) => {
    const answer = await send(`${api}/tasks`, { method: 'POST', token: ada, body });
    expect(answer.status).toBe(status);
  });

  it('serves the routes of Organizer to a browser session too', async () => {
    const signedIn = await fetch(`${demo.urls.Gatehouse}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: demo.urls.Gatehouse },
      body: JSON.stringify({ email: 'ada@example.com', password: demoPassword }),
    });
    expect(signedIn.status).toBe(200);
    const [cookie = ''] = signedIn.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    const answer = await fetch(`${api}/tasks`, { headers: { cookie, 'x-csrf': '1' } });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as unknown[]).length).toBeGreaterThan(0);
  });

  it.skipIf(!HAS_CURL)('does what its tutorial says, command by command', async () => {
    // What the reader has done in a browser: Ada accepts what CalendarApp asks for.
    const browser = createBrowser();
    const login = await browser.open(locationOf(await browser.get(`${demo.urls.CalendarApp}/sign-in`)));
    const consent = await browser.submit(login, { username: 'ada@example.com', password: demoPassword });
    await browser.get(locationOf(await browser.submit(consent, { action: 'accept' })));
    const steps = readSteps('docs/tutorials/third-party-apps.md');
    expect(steps.length).toBeGreaterThan(5);
    await followPage(steps, { gateway: demo.urls.Gatehouse, tenant: demo.urls.Tenant });
  });

  it('explains what to change if it cannot run with the embedded tenant', async () => {
    const remote = {
      AUTH0_DOMAIN: 'acme.eu.auth0.com',
      AUTH0_CLIENT_ID: 'a',
      AUTH0_CLIENT_SECRET: 'b',
      AUTH0_API_AUDIENCE: 'urn:worldmappers',
    };
    await Promise.all([
      expect(startDemo(remote)).rejects.toThrow(/ended with 78: [\s\S]*unset AUTH0_DOMAIN/),
      expect(startDemo({ DEMO_PORT: 'x' })).rejects.toThrow(/ended with 78: DEMO_PORT/),
    ]);
  });

  it('ends completely with Ctrl-C', async () => {
    expect(await demo.close()).toBe(0);
    const isGone = async (url: string) => (await fetch(url).catch(() => undefined)) === undefined;
    for (const url of [...Object.values(demo.urls), demo.organizer])
      await eventually(() => isGone(url)).toBe(true);
  });
});
