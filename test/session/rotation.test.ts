import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import type { SessionRecord } from '../../src/store/store.ts';
import { makeFolder } from '../support/folder.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { atReplica, callApi, longSessions, signInUser } from './support/person.ts';

const older = 'the older secret of the tests: 32 bytes or more';
const newer = 'the newer secret of the tests: 32 bytes or more';

let world: World;
let file: string;

beforeAll(async () => {
  world = await startWorld();
  file = path.join(makeFolder(), 'store.db');
});
afterAll(() => world.close());

const startWith = (...secrets: string[]): Promise<GatewayUnderTest> =>
  startGatewayUnderTest(
    { ...longSessions, STORE_URL: `sqlite:${file}`, SESSION_SECRETS: secrets.join(',') },
    world.link,
    world.clock,
  );

describe('after a rotation of the secrets', () => {
  it('a session of the old secret continues, is found by user, and is sealed again; unused ones end with the secret', async () => {
    const email = 'rotates@example.com';
    const before = await startWith(older);
    const used = await signInUser(before.url, email);
    const unused = await signInUser(before.url, email);
    const ended = await signInUser(before.url, email);
    await before.close();

    const between = await startWith(newer, older);
    const usedThere = atReplica(used, between.url);
    const sids = (await usedThere.send('GET', '/v1/auth/sessions')).body.sessions;
    expect(sids).toHaveLength(3);
    await atReplica(ended, between.url).send('POST', '/v1/auth/signout');
    const fresh = await signInUser(between.url, email);
    expect((await fresh.send('GET', '/v1/auth/sessions')).body.sessions).toHaveLength(3);
    world.clock.offsetS += 61;
    expect((await callApi(usedThere)).status).toBe(200);
    const readSeen = async () =>
      (await usedThere.send('GET', '/v1/auth/sessions')).body.sessions.find(
        ({ current }: { current: boolean }) => current,
      ).last_seen_at;
    await expect.poll(async () => Date.parse(await readSeen())).toBeGreaterThan(world.clock.now() - 60_000);
    await between.close();

    const after = await startWith(newer);
    const usedAfter = atReplica(used, after.url);
    expect((await callApi(usedAfter)).status).toBe(200);
    expect((await callApi(atReplica(unused, after.url))).status).toBe(401);
    expect((await usedAfter.send('GET', '/v1/auth/sessions')).body.sessions).toHaveLength(2);
    expect((await atReplica(fresh, after.url).send('DELETE', '/v1/auth/sessions?keep=current')).status).toBe(
      204,
    );
    expect((await callApi(usedAfter)).status).toBe(401);
    await after.close();
  });
});

describe('a record', () => {
  const kept = async (act: (record: SessionRecord, other: SessionRecord) => Partial<SessionRecord>) => {
    const under = await startWith(older);
    const [one, two] = [
      await signInUser(under.url, 'victim@example.com'),
      await signInUser(under.url, 'attacker@example.com'),
    ];
    await under.close();
    const store = createSqliteStore(file, systemClock);
    const read = async (value = '') => {
      const record = await store.sessions.read(value.split('.')[0] ?? '');
      if (!record) throw new Error('no such record');
      return record;
    };
    const mine = await read(two.cookies.get('gatehouse'));
    const theirs = await read(one.cookies.get('gatehouse'));
    await store.sessions.remove(mine.id);
    await store.sessions.insert({ ...mine, ...act(mine, theirs) });
    await store.close();
    const again = await startWith(older);
    const answer = await atReplica(two, again.url).send('GET', '/v1/auth/session');
    await again.close();
    return [answer.status, answer.body.user?.email];
  };

  it('that is unchanged can be opened', async () => {
    expect(await kept(() => ({}))).toEqual([200, 'attacker@example.com']);
  });

  it.each<[string, (record: SessionRecord, other: SessionRecord) => Partial<SessionRecord>]>([
    ['the meta of another session', (_, other) => ({ meta: other.meta })],
    ['the tokens of another session', (_, other) => ({ tokens: other.tokens })],
    ['both of another session', (_, other) => ({ meta: other.meta, tokens: other.tokens })],
    ['its parts exchanged', ({ meta, tokens }) => ({ meta: tokens, tokens: meta })],
    ['a part cut short', ({ tokens }) => ({ tokens: tokens.slice(0, -4) })],
    ['a part of nothing', () => ({ meta: '' })],
  ])('with %s counts as no session', async (_, act) => {
    expect(await kept(act)).toEqual([200, undefined]);
  });
});
