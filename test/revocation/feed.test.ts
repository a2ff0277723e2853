import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  breakTenant,
  callApi,
  longSessions,
  password,
  restoreTenant,
  signInUser,
} from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Bearer, createManage, type Manage, signInForTokens, toPath } from './support/management.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a revocation at the tenant', () => {
  let world: World;
  let manage: Manage;
  let people = 0;
  beforeAll(async () => {
    world = await startWorld({ ...longSessions, REVOCATION_FEED: 'logs', REVOCATION_POLL_S: '1' });
    manage = await createManage(world.link);
  });
  afterAll(() => world.close());

  async function readMetric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text();
    return Number(new RegExp(`^gatehouse_revocation_feed_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  interface Person extends Bearer {
    readonly browser: Browser;
  }
  async function someone(): Promise<Person> {
    const email = `taken-${people++}@example.com`;
    const browser = await signInUser(world.url, email);
    const bearer = await signInForTokens(world.url, email, password);
    return { ...bearer, browser };
  }
  const bearerStatus = async ({ call }: Bearer) => (await call()).status;
  const sessionStatus = async ({ browser }: Person) => (await callApi(browser)).status;
  const untilOut = async (person: Person) => {
    await eventually(() => bearerStatus(person)).toBe(401);
    await eventually(() => sessionStatus(person)).toBe(401);
  };

  it('is read from the end of the log on', async () => {
    await eventually(async () => (await readMetric('last_success_timestamp_seconds')) > 0, {
      timeout: 45_000,
    }).toBe(true);
    const ready = await (await fetch(`${world.url}/readyz`)).json();
    expect(ready).toMatchObject({ parts: { revocation_feed: 'ok', deny_list: 'ok' } });
  });

  it('reports that the feed is behind while the log cannot be read: in /readyz, in the log and in a metric', async () => {
    const readReady = async () => {
      const answer = await fetch(`${world.url}/readyz`);
      return { code: answer.status, ...((await answer.json()) as object) };
    };
    await breakTenant(world, [{ method: 'GET', path: '^/api/v2/logs', status: 503, times: 10_000 }]);
    try {
      await eventually(async () => (await readMetric('errors_total')) > 0).toBe(true);
      expect(await readReady()).toMatchObject({ status: 'ok' });
      world.clock.offsetS += 31;
      await eventually(readReady).toMatchObject({
        code: 200,
        status: 'degraded',
        parts: { revocation_feed: 'behind' },
      });
      expect(await readMetric('lag_seconds')).toBeGreaterThan(30);
    } finally {
      await restoreTenant(world);
    }
    await eventually(readReady).toMatchObject({ status: 'ok', parts: { revocation_feed: 'ok' } });
    expect(await readMetric('lag_seconds')).toBeLessThan(30);
    const said = world.lines.filter(({ msg }) => msg.startsWith("the tenant's log is"));
    expect(said).toMatchObject([
      {
        level: 'error',
        msg: "the tenant's log is not read: revocations come late",
        lag_s: expect.any(Number),
      },
      { level: 'info', msg: "the tenant's log is read again" },
    ]);
  });

  it('a blocked user loses session and bearer, and gets a bearer back once unblocked', async () => {
    const person = await someone();
    const other = await someone();
    expect([await bearerStatus(person), await sessionStatus(person)]).toEqual([200, 200]);
    await manage('PATCH', toPath(person.id), { blocked: true });
    await untilOut(person);
    const refused = await person.call();
    expect(refused.headers.get('www-authenticate')).toContain('error_description="revoked"');
    expect(await refused.json()).toMatchObject({ code: 'invalid_token' });
    await manage('PATCH', toPath(person.id), { blocked: false });
    await eventually(() => bearerStatus(person)).toBe(200);
    expect(await sessionStatus(person)).toBe(401);
    expect([await bearerStatus(other), await sessionStatus(other)]).toEqual([200, 200]);
    const audited = world.lines.filter(({ source }) => source === 'feed').map(({ event }) => event);
    expect(audited).toEqual(expect.arrayContaining(['bearer.denied', 'session.revoked']));
  });

  it('a user whose id contains reserved characters is blocked like others', async () => {
    const email = 'reserved@example.com';
    const connection = 'Username-Password-Authentication';
    const user_id = 'a/../b?c=1#d%2F é|constructor';
    await manage('POST', 'users', { connection, email, password, user_id });
    const browser = await signInUser(world.url, email);
    const person = { ...(await signInForTokens(world.url, email, password)), browser };
    expect(person.id).toBe(`auth0|${user_id}`);
    await manage('PATCH', toPath(person.id), { blocked: true });
    await untilOut(person);
  });

  it('a deleted user loses both', async () => {
    const person = await someone();
    await manage('DELETE', toPath(person.id));
    await untilOut(person);
  });

  it('a new password from an administrator ends earlier sessions and tokens, but no later ones', async () => {
    const person = await someone();
    world.clock.offsetS += 2;
    await manage('PATCH', toPath(person.id), { password: 'Another-Horse-2' });
    await untilOut(person);
    const { email } = (await manage('GET', toPath(person.id))) as { email: string };
    const after = await signInForTokens(world.url, email, 'Another-Horse-2');
    expect((await after.call()).status).toBe(200);
  });

  it('the end of all sessions at the tenant ends them here, and denies bearers from before', async () => {
    const person = await someone();
    world.clock.offsetS += 2;
    await manage('DELETE', `${toPath(person.id)}/sessions`);
    await untilOut(person);
  });

  it('a single refresh token that is revoked ends the session that held it, and no other', async () => {
    const person = await someone();
    world.clock.offsetS += 20;
    const { email } = (await manage('GET', toPath(person.id))) as { email: string };
    const later = await signInUser(world.url, email);
    const { tokens } = (await manage('GET', `${toPath(person.id)}/refresh-tokens?take=10`)) as {
      tokens: { id: string; created_at: string }[];
    };
    const newest = tokens.toSorted((a, b) => a.created_at.localeCompare(b.created_at)).at(-1);
    await manage('DELETE', `refresh-tokens/${newest?.id}`);
    await eventually(async () => (await callApi(later)).status).toBe(401);
    expect([await sessionStatus(person), await bearerStatus(person)]).toEqual([200, 200]);
  });

  it('a rotated client secret drops the cached token and denies what was issued before', async () => {
    const { client_id, client_secret } = (await manage('POST', 'clients', {
      name: 'machine',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
    })) as { client_id: string; client_secret: string };
    await manage('POST', 'client-grants', {
      client_id,
      audience: 'urn:worldmappers',
      scope: ['geocode:location'],
    });
    const ask = async () =>
      fetch(`${world.url}/v1/oauth/token`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
      });
    const { access_token } = (await (await ask()).json()) as { access_token: string };
    const call = async () =>
      (
        await fetch(`${world.url}/api/location/geocode?q=Oslo`, {
          headers: { Authorization: `Bearer ${access_token}` },
        })
      ).status;
    expect([(await ask()).status, await call()]).toEqual([200, 200]);
    world.clock.offsetS += 2;
    await manage('POST', `clients/${client_id}/rotate-secret`);
    await eventually(async () => (await ask()).status).toBe(401);
    await eventually(call).toBe(401);
  });

  it('a removed role renews the session at its next use, and does not affect bearers of other rows', async () => {
    const person = await someone();
    const { id: role } = (await manage('POST', 'roles', { name: `role ${people}` })) as { id: string };
    await manage('POST', `${toPath(person.id)}/roles`, { roles: [role] });
    world.clock.offsetS += 2;
    await manage('DELETE', `${toPath(person.id)}/roles`, { roles: [role] });
    const refreshes = () => world.lines.filter(({ event }) => event === 'auth.refresh.succeeded').length;
    const before = refreshes();
    await eventually(async () => {
      await sessionStatus(person);
      return refreshes();
    }).toBeGreaterThan(before);
    expect([await sessionStatus(person), await bearerStatus(person)]).toEqual([200, 200]);
  });

  it('a user who changes the password here keeps the session, while the others end', async () => {
    const person = await someone();
    const { email } = (await manage('GET', toPath(person.id))) as { email: string };
    const other = await signInUser(world.url, email);
    world.clock.offsetS += 2;
    const body = { current_password: password, new_password: 'Another-Horse-3' };
    expect((await person.browser.send('POST', '/v1/auth/password/change', { body })).status).toBe(204);
    const changedAt = world.clock.now() / 1000;
    await eventually(async () => (await readMetric('last_success_timestamp_seconds')) > changedAt + 1).toBe(
      true,
    );
    await eventually(() => bearerStatus(person)).toBe(401);
    expect([await sessionStatus(person), (await callApi(other)).status]).toEqual([200, 401]);
  });
});
