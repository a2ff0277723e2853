import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBrowser as createTenantBrowser } from '../../packages/tenant/test/support/browser.ts';
import { createAdmin, pathOf } from '../admin/support.ts';
import { callApi, longSessions, password, restoreTenant, tokenFault } from '../session/support/person.ts';
import { eventually } from '../support/eventually.ts';
import { readMetrics, valueOf } from '../support/metrics.ts';
import { startWorld, type World } from '../support/world.ts';
import { createManage, type Manage, toPath } from './support/management.ts';
import {
  type StreamingUpstream,
  startStreamingUpstream,
  startWatchedPerson,
  toState,
  type WatchedPerson,
} from './support/watched-person.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NEW_PASSWORD = 'Another-Horse-2';
const ALL = toState({ session: true, bearer: true, fresh: true });
const NOTHING = toState({ session: false, bearer: false, fresh: false });
const STALE = { session: true, bearer: true, fresh: false };

let upstream: StreamingUpstream;
beforeAll(async () => {
  upstream = await startStreamingUpstream();
});
afterAll(() => upstream.close());

const people: WatchedPerson[] = [];
afterEach(() => {
  for (const person of people.splice(0)) person.close();
});
let count = 0;
async function someone(world: World): Promise<WatchedPerson> {
  // Tokens have times in whole seconds: an action in the second of the sign-in, before or after it, may affect it or not.
  world.clock.offsetS += 2;
  const person = await startWatchedPerson(world, `row-${count++}@example.com`);
  people.push(person);
  expect(await person.state()).toEqual(ALL);
  world.clock.offsetS += 2;
  return person;
}

describe('an action at the tenant', () => {
  let world: World;
  let manage: Manage;
  let role: string;
  beforeAll(async () => {
    world = await startWorld({
      ...longSessions,
      REVOCATION_FEED: 'logs',
      REVOCATION_POLL_S: '1',
      ROUTES_FILE: upstream.routesFile,
    });
    manage = await createManage(world.link);
    const lastSuccess = 'gatehouse_revocation_feed_last_success_timestamp_seconds';
    await vi.waitFor(
      async () => expect(valueOf(await readMetrics(world.gateway.adminPort), lastSuccess)).toBeGreaterThan(0),
      15_000,
    );
    await manage('PATCH', `resource-servers/${encodeURIComponent('urn:worldmappers')}`, {
      enforce_policies: false,
    });
    ({ id: role } = await manage('POST', 'roles', { name: 'a role of the table' }));
  });
  afterAll(() => world.close());

  const permissions = {
    permissions: [{ resource_server_identifier: 'urn:worldmappers', permission_name: 'geocode:location' }],
  };
  async function resetByTicket({ id }: WatchedPerson): Promise<void> {
    const { ticket } = (await manage('POST', 'tickets/password-change', { user_id: id })) as {
      ticket: string;
    };
    const browser = createTenantBrowser();
    const done = await browser.submit(await browser.open(ticket), {
      password: NEW_PASSWORD,
      password_confirm: NEW_PASSWORD,
    });
    expect(done.text).toContain('Password changed');
  }

  interface TableRow {
    readonly what: string;
    readonly prepare?: (person: WatchedPerson) => Promise<unknown>;
    readonly act: (person: WatchedPerson) => Promise<unknown>;
    readonly works: Parameters<typeof toState>[0];
    /** The session continues under a new id: streams of the old one end, and clients reconnect. */
    readonly isReplaced?: boolean;
  }
  const out = { session: false, bearer: false, fresh: false };
  const ROWS: readonly TableRow[] = [
    {
      what: 'a block ends everything',
      act: ({ id }) => manage('PATCH', toPath(id), { blocked: true }),
      works: out,
    },
    { what: 'a deletion ends everything', act: ({ id }) => manage('DELETE', toPath(id)), works: out },
    {
      what: 'a password from an administrator ends everything',
      act: ({ id }) => manage('PATCH', toPath(id), { password: NEW_PASSWORD }),
      works: out,
    },
    { what: 'a password from a mailed link ends everything', act: resetByTicket, works: out },
    {
      what: 'a password that the user changes here ends all but that session',
      act: ({ browser }) =>
        browser.send('POST', '/v1/auth/password/change', {
          body: { current_password: password, new_password: NEW_PASSWORD },
        }),
      works: { session: true, bearer: false, fresh: false },
      isReplaced: true,
    },
    {
      what: 'the end of one session ends it and no bearer',
      act: ({ sid }) => manage('DELETE', `sessions/${sid}`),
      works: { session: false, bearer: true, fresh: true },
    },
    {
      what: 'the revocation of one session ends it and no bearer',
      act: ({ sid }) => manage('POST', `sessions/${sid}/revoke`),
      works: { session: false, bearer: true, fresh: true },
    },
    {
      what: 'the end of all sessions ends everything',
      act: ({ id }) => manage('DELETE', `${toPath(id)}/sessions`),
      works: out,
    },
    {
      what: 'the revocation of all access ends everything',
      act: ({ id }) => manage('POST', `${toPath(id)}/revoke-access`, {}),
      works: out,
    },
    {
      what: 'the revocation of all refresh tokens ends everything',
      act: ({ id }) => manage('DELETE', `${toPath(id)}/refresh-tokens`),
      works: out,
    },
    {
      what: 'a role that is taken away is gone where fresh permissions are asked for',
      prepare: ({ id }) => manage('POST', `${toPath(id)}/roles`, { roles: [role] }),
      act: ({ id }) => manage('DELETE', `${toPath(id)}/roles`, { roles: [role] }),
      works: STALE,
    },
    {
      what: 'a permission that is taken away is gone where fresh ones are asked for',
      prepare: ({ id }) => manage('POST', `${toPath(id)}/permissions`, permissions),
      act: ({ id }) => manage('DELETE', `${toPath(id)}/permissions`, permissions),
      works: STALE,
    },
    {
      what: 'a permission that its role loses is gone for every holder',
      prepare: () => manage('POST', `roles/${role}/permissions`, permissions),
      act: () => manage('DELETE', `roles/${role}/permissions`, permissions),
      works: STALE,
    },
  ];

  it.each(ROWS)('$what', async ({ prepare, act, works, isReplaced }) => {
    const other = works === STALE ? undefined : await someone(world);
    const person = await someone(world);
    await prepare?.(person);
    await act(person);
    const ended = isReplaced === true && { sessionStreams: [false, false, false] };
    await eventually(person.state).toEqual({ ...toState(works), ...ended });
    if (other) expect(await other.state()).toEqual(ALL);
  });

  it('a session with lost permissions is refused while the tenant does not renew its token', async () => {
    const person = await someone(world);
    const askFresh = async () => (await person.browser.send('GET', '/fresh')).status;
    expect(await askFresh()).toBe(200);
    await manage('POST', `${toPath(person.id)}/permissions`, permissions);
    await tokenFault(world, { status: 503 });
    try {
      await manage('DELETE', `${toPath(person.id)}/permissions`, permissions);
      await eventually(askFresh).toBe(503);
      expect((await callApi(person.browser)).status).toBe(200);
    } finally {
      await restoreTenant(world);
    }
    await eventually(askFresh).toBe(200);
  });

  it('a user who is unblocked may use the tokens that were denied, and has to sign in again', async () => {
    const person = await someone(world);
    await manage('PATCH', toPath(person.id), { blocked: true });
    await eventually(person.state).toEqual(NOTHING);
    await manage('PATCH', toPath(person.id), { blocked: false });
    await eventually(person.state).toMatchObject({ session: false, bearer: true, fresh: true });
  });

  interface Machine {
    readonly client_id: string;
    readonly client_secret: string;
    readonly grant: string;
  }
  const MACHINE_ROWS: readonly {
    readonly what: string;
    readonly act: (machine: Machine) => Promise<unknown>;
  }[] = [
    { what: 'deleted', act: ({ client_id }) => manage('DELETE', `clients/${client_id}`) },
    {
      what: 'given another secret',
      act: ({ client_id }) => manage('POST', `clients/${client_id}/rotate-secret`),
    },
    { what: 'deprived of its grant', act: ({ grant }) => manage('DELETE', `client-grants/${grant}`) },
  ];

  it.each(MACHINE_ROWS)(
    'a machine client that is $what loses its cached token and those it has',
    async ({ act }) => {
      const { client_id, client_secret } = (await manage('POST', 'clients', {
        name: 'machine',
        app_type: 'non_interactive',
        grant_types: ['client_credentials'],
      })) as { client_id: string; client_secret: string };
      const { id: grant } = (await manage('POST', 'client-grants', {
        client_id,
        audience: 'urn:worldmappers',
        scope: ['geocode:location'],
      })) as { id: string };
      const ask = () =>
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
      await act({ client_id, client_secret, grant });
      await eventually(call).toBe(401);
      await eventually(async () => (await ask()).ok).toBe(false);
    },
  );
});

describe('an action of an administrator at the gateway, without the feed', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ ...longSessions, ROUTES_FILE: upstream.routesFile });
  });
  afterAll(() => world.close());

  it.each([
    { what: 'a block', method: 'POST', path: '/block' },
    { what: 'a deletion', method: 'DELETE', path: '' },
    { what: 'the end of all sessions', method: 'DELETE', path: '/sessions' },
  ])('$what refuses session and bearer immediately, and ends their streams', async ({ method, path }) => {
    const admin = await createAdmin(world);
    const person = await someone(world);
    expect((await admin.send(method, pathOf(person.id) + path)).status).toBeLessThan(300);
    expect(await person.state()).toMatchObject({ session: false, bearer: false, fresh: false });
    await eventually(person.state).toEqual(NOTHING);
  });

  it('an unblock accepts the bearer again immediately', async () => {
    const admin = await createAdmin(world);
    const person = await someone(world);
    await admin.send('POST', `${pathOf(person.id)}/block`);
    expect(await person.state()).toMatchObject({ bearer: false });
    expect((await admin.send('POST', `${pathOf(person.id)}/unblock`)).status).toBe(204);
    expect(await person.state()).toMatchObject({ session: false, bearer: true, fresh: true });
  });

  it('an action at the tenant does not affect the bearer', async () => {
    const manage = await createManage(world.link);
    const person = await someone(world);
    await manage('PATCH', toPath(person.id), { blocked: true });
    const ready = (await (await fetch(`${world.url}/readyz`)).json()) as { parts: object };
    expect(Object.keys(ready.parts)).not.toContain('revocation_feed');
    // The tenant ends the session here by back-channel logout.
    const { bearer, fresh, bearerStreams, freshStream } = ALL;
    expect(await person.state()).toMatchObject({ bearer, fresh, bearerStreams, freshStream });
  });
});
