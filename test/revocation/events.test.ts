import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTenantEvents } from '../../src/auth0/tenant-events.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createDenyList, type DenyList } from '../../src/revocation/deny-list.ts';
import { type EventFeedDeps, readEventStream } from '../../src/revocation/event-feed.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';

/** One frame as Auth0 sends them. */
const frame = (offset: string, type: string, object: object, previous_object?: object): string => {
  const event = {
    specversion: '1.0',
    type,
    source: 'urn:auth0:acme',
    id: `evt_${offset}`,
    time: new Date().toISOString(),
    data: { object, ...(previous_object && { previous_object }) },
  };
  return `event: ${type}\nid: ${offset}\ndata: ${JSON.stringify({ offset, event })}\n\n`;
};
const OPENING = ':connected\n\nretry: 2000\n\n';
const HEARTBEAT = ': heartbeat\n\n';
const offsetOnly = (offset: string) => `event: offset-only\nid: ${offset}\ndata: {"offset":"${offset}"}\n\n`;

describe("the tenant's events", () => {
  const clock = createTravelClock();
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let asked: IncomingMessage[];
  let store: Store;
  let denyList: DenyList;
  let ended: string[];
  let deps: EventFeedDeps;

  beforeEach(async () => {
    asked = [];
    ended = [];
    server = createServer((request, response) => {
      asked.push(request);
      answer(response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    store = await openStore({ kind: 'sqlite', file: ':memory:' }, clock, () => undefined);
    denyList = createDenyList({
      entries: store.denyEntries,
      locks: store.locks,
      clock,
      onMany: () => undefined,
      onFailed: () => undefined,
    });
    const { port } = server.address() as AddressInfo;
    const events = createTenantEvents(`http://127.0.0.1:${port}`, async () => ({
      authorization: 'Bearer x',
    }));
    deps = {
      readEvents: events.read,
      texts: store.texts,
      clock,
      denyList,
      endBefore: async (sub) => ended.push(sub),
      endBySid: async () => [],
      checkUser: () => undefined,
      checkAll: () => undefined,
      audit: () => undefined,
    };
  });
  afterEach(async () => {
    denyList.close();
    await store.close();
    server.closeAllConnections();
    server.close();
  });

  const sends =
    (...frames: readonly string[]) =>
    (response: ServerResponse): void =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(OPENING + frames.join(''));
  const read = () => readEventStream(deps, new AbortController().signal);
  const isDenied = (subject: string, isFresh = false) =>
    denyList.isDenied({ subject, clientId: 'app', issuedAtS: clock.now() / 1000 - 60 }, isFresh);

  it('block, delete and unblock users, and take roles of organizations away', async () => {
    answer = sends(
      frame('o1', 'user.updated', { user_id: 'auth0|ann', blocked: true }, { user_id: 'auth0|ann' }),
      HEARTBEAT,
      frame('o2', 'user.deleted', { user_id: 'auth0|bob' }),
      frame('o3', 'user.updated', { user_id: 'auth0|cleo', blocked: true }),
      offsetOnly('o4'),
      frame(
        'o5',
        'user.updated',
        { user_id: 'auth0|cleo', blocked: false },
        { user_id: 'auth0|cleo', blocked: true },
      ),
      frame('o6', 'organization.member.role.deleted', { user: { user_id: 'auth0|dora' }, role: { id: 'r' } }),
      frame('o7', 'user.updated', { user_id: 'auth0|emil', name: 'E' }, { user_id: 'auth0|emil' }),
    );
    await read();
    expect(['ann', 'bob', 'cleo', 'dora', 'emil'].map((name) => isDenied(`auth0|${name}`))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([isDenied('auth0|dora', true), isDenied('auth0|emil', true)]).toEqual([true, false]);
    expect(ended).toEqual(['auth0|ann', 'auth0|bob', 'auth0|cleo']);
    const { url, headers } = asked[0] as IncomingMessage;
    expect(new URL(url ?? '', 'http://x').searchParams.getAll('event_type')).toEqual([
      'user.updated',
      'user.deleted',
      'organization.member.role.deleted',
    ]);
    expect([headers.authorization, headers['last-event-id']]).toEqual(['Bearer x', undefined]);
  });

  it('continue after the last applied one, and start over if the tenant no longer has it', async () => {
    answer = sends(frame('o1', 'user.deleted', { user_id: 'auth0|ann' }), offsetOnly('o2'));
    await read();
    answer = (response) => response.writeHead(410).end();
    await read();
    answer = sends();
    await read();
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'o2', undefined]);
  });

  it('that are duplicated, malformed or truncated have no effect', async () => {
    const block = frame('o1', 'user.updated', { user_id: 'auth0|ann', blocked: true });
    answer = (response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`${OPENING}event: user.updated\nid: o0\ndata: {"event":7}\n\n`);
      response.write('event: user.deleted\nid: o0\ndata: no JSON\n\n');
      response.write(block + block);
      response.write(frame('o2', 'user.deleted', { user_id: 'auth0|bob' }).slice(0, -20), () =>
        response.destroy(),
      );
    };
    await expect(read()).rejects.toThrow();
    expect([isDenied('auth0|ann'), isDenied('auth0|bob')]).toEqual([true, false]);
    answer = sends();
    await read();
    expect(asked.at(-1)?.headers['last-event-id']).toBe('o1');
  });

  it.each([
    [403, 'tenant_misconfigured'],
    [503, 'tenant_unavailable'],
  ])('that are refused with %i are %s', async (status, code) => {
    answer = (response) => response.writeHead(status).end();
    await expect(read()).rejects.toMatchObject({ code });
  });
});
