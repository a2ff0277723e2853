import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { audience, createRoomUnderTest, toToken } from './support/room.ts';

const outage = new GatewayError('store_unavailable');

/** More than an access token lives here. */
const LATER_S = 700;

describe('the store', () => {
  it('is not asked for anybody without a ticket', async () => {
    const room = createRoomUnderTest();
    for (const cookie of [undefined, 'other=1', 'gatehouse=', 'gatehouse=x.y', 'gatehouse=a; gatehouse=b']) {
      const headers = { ...(cookie !== undefined && { cookie }), 'x-csrf': '1' };
      expect(await room.sessions.read(headers)).toBeUndefined();
      await expect(room.enter(headers)).rejects.toMatchObject({ code: 'unauthenticated' });
      expect(await room.sessions.end(headers)).toBeUndefined();
    }
    expect(room.asked).toEqual([]);
  });

  it('is asked once for the whole record, and then for its head alone', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.asked.length = 0;
    for (let i = 0; i < 4; i++) await room.enter(headers);
    expect(room.asked).toEqual(['read', 'readHead', 'readHead', 'readHead']);
  });

  it('is written to once a minute, however many requests there are', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.asked.length = 0;
    for (let second = 0; second < 130; second += 10) {
      await Promise.all([room.enter(headers), room.enter(headers), room.enter(headers)]);
      // The write comes after the answers.
      await sleep(1);
      room.clock.offsetS += 10;
    }
    await expect.poll(() => room.asked.filter((call) => call === 'touch').length).toBe(2);
  });

  it('that fails a rolling write fails no request', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += 61;
    room.fail = (call) => {
      if (call === 'touch') throw outage;
    };
    expect((await room.enter(headers)).subject).toBe('auth0|1');
    await expect.poll(() => room.troubles).toEqual(['a session could not be rolled']);
  });

  it('that is down is an outage, and nobody is signed out', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.fail = () => {
      throw outage;
    };
    await expect(room.enter(headers)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(room.sessions.read(headers)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(room.begin()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(room.revoked).toEqual(['rt']);
    room.fail = () => undefined;
    expect((await room.enter(headers)).subject).toBe('auth0|1');
  });
});

describe('refreshed tokens', () => {
  it('that cannot be saved at once are served and saved later, with an alarm; no refresh token is lost', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += LATER_S;
    let failures = 0;
    room.fail = (call) => {
      if (call === 'save' && failures++ < 3) throw outage;
    };
    const caller = await room.enter(headers);
    expect(await room.tokenFor(caller, audience)).toBe(toToken('1'));
    expect(room.troubles).toEqual(['refreshed tokens are not saved yet']);
    await expect.poll(() => failures, { timeout: 5000 }).toBe(4);
    room.clock.offsetS += LATER_S;
    await room.enter(headers);
    expect(room.refreshed).toEqual(['rt', 'rt+']);
  });

  it('that cannot be saved for long hold up nobody for more than a moment, and the lock is kept', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += LATER_S;
    let isDown = true;
    room.fail = (call) => {
      if (call === 'save' && isDown) throw outage;
    };
    await room.enter(headers);
    // This process goes on with what it has.
    await room.enter(headers);
    expect(room.refreshed).toEqual(['rt']);
    isDown = false;
    await expect.poll(() => room.asked.at(-1), { timeout: 5000 }).toBe('save');
    room.clock.offsetS += LATER_S;
    await room.enter(headers);
    expect(room.refreshed).toEqual(['rt', 'rt+']);
  });

  it('that come after the session has ended are revoked', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += LATER_S;
    let answer: (() => void) | undefined;
    room.refresh = () =>
      new Promise((resolve) => {
        answer = () => resolve({ access_token: toToken('late'), expires_in: 600, refresh_token: 'late' });
      });
    const entering = room.enter(headers);
    await expect.poll(() => answer !== undefined).toBe(true);
    await room.sessions.end(headers);
    answer?.();
    await expect(entering).rejects.toMatchObject({ code: 'session_expired' });
    expect(room.revoked.toSorted()).toEqual(['late', 'rt']);
    expect(await room.sessions.read(headers)).toBeUndefined();
  });

  it('are saved beside what another has written meanwhile', async () => {
    const store = createSqliteStore(':memory:', systemClock);
    const [one, two] = [createRoomUnderTest(store), createRoomUnderTest(store)];
    const { headers } = await one.begin();
    const at = async (room: typeof one, api: string) => {
      const caller = await room.enter(headers);
      return room.tokenFor(caller, api);
    };
    for (const room of [one, two])
      room.refresh = async (token, api = audience) => ({
        access_token: toToken(`${token} for ${api}`, api),
        expires_in: 600,
        scope: 'read',
        refresh_token: `${token}+`,
      });
    const tokens = await Promise.all([
      at(one, 'urn:a'),
      at(two, 'urn:b'),
      at(one, 'urn:c'),
      at(two, 'urn:a'),
    ]);
    expect(new Set(tokens).size).toBe(3);
    expect([...one.refreshed, ...two.refreshed].toSorted()).toEqual(['rt', 'rt+', 'rt++']);
    expect(await at(one, 'urn:b')).toBe(tokens[1]);
    expect([...one.refreshed, ...two.refreshed]).toHaveLength(3);
  });

  it('are not asked for again because one refused caller was slower: a forced renewal happens once', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    const callers = await Promise.all(Array.from({ length: 10 }, () => room.enter(headers)));
    for (const caller of callers) expect(await room.tokenFor(caller, audience)).toBe(toToken('0'));
    const forced: string[] = [];
    for (const caller of callers) forced.push(await room.tokenFor(caller, audience, { force: true }));
    expect(new Set(forced)).toEqual(new Set([toToken('1')]));
    expect(room.refreshed).toEqual(['rt']);
    const [first] = callers;
    if (!first) throw new Error('no caller');
    expect(room.mayForce(first, audience)).toBe(false);
    expect(await room.tokenFor(first, audience, { force: true })).toBe(toToken('1'));
    room.clock.offsetS += 60;
    expect(room.mayForce(first, audience)).toBe(true);
    expect(await room.tokenFor(first, audience, { force: true })).toBe(toToken('2'));
  });

  it('are forced once a minute though another process, another audience or an outage of the tenant comes between', async () => {
    const store = createSqliteStore(':memory:', systemClock);
    const [one, two] = [createRoomUnderTest(store), createRoomUnderTest(store)];
    const { headers } = await one.begin();
    const [here, there] = [await one.enter(headers), await two.enter(headers)];
    one.refresh = () => Promise.reject(new GatewayError('tenant_unavailable'));
    expect(await one.tokenFor(here, audience, { force: true })).toBe(toToken('0'));
    expect(await two.tokenFor(there, audience, { force: true })).toBe(toToken('0'));
    expect([one.refreshed, two.refreshed]).toEqual([['rt'], []]);
    expect([one.mayForce(here, audience), two.mayForce(there, audience)]).toEqual([false, false]);
    // What a user asks for is not forced.
    await two.sessions.renew(headers);
    expect(two.refreshed).toEqual(['rt']);
    // This process has sent the older one: there is something to send instead.
    expect(await one.tokenFor(here, audience, { force: true })).toBe(toToken('1'));
    expect(one.refreshed).toEqual(['rt']);
  });

  it.each([
    [2_000, 1970],
    [120, 90],
    [30, 22.5],
    [4, 3],
    [1, 0.75],
  ])('that live %i s are used for %i s and renewed after', async (expires_in, goodForS) => {
    const room = createRoomUnderTest();
    const answer = (name: string) => ({ access_token: toToken(name), expires_in, scope: 'read' });
    room.refresh = async (token) => ({ ...answer(`${room.refreshed.length}`), refresh_token: token });
    const { setCookie } = await room.sessions.begin(
      {
        tokens: { ...answer('0'), refresh_token: 'rt' },
        claims: { sub: 'auth0|1' },
        audience,
        method: 'password',
      },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
    const use = async () => room.tokenFor(await room.enter(headers), audience);
    room.clock.offsetS += goodForS - 0.25;
    expect(await use()).toBe(toToken('0'));
    room.clock.offsetS += 0.3;
    expect(await use()).toBe(toToken('1'));
    expect(await use()).toBe(toToken('1'));
    expect(room.refreshed).toEqual(['rt']);
  });

  it('of another audience than was asked for are sent nowhere, and the refresh token is kept', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    const caller = await room.enter(headers);
    await expect(room.tokenFor(caller, 'urn:other')).rejects.toMatchObject({ code: 'tenant_misconfigured' });
    await expect(room.tokenFor(caller, 'urn:other')).rejects.toMatchObject({ code: 'tenant_misconfigured' });
    expect(room.refreshed).toEqual(['rt', 'rt+']);
    expect(await room.tokenFor(caller, audience)).toBe(toToken('0'));
  });

  it('of one user are never another’s, however many are renewed at once', async () => {
    const room = createRoomUnderTest();
    const begun = await Promise.all(Array.from({ length: 20 }, () => room.begin()));
    room.clock.offsetS += LATER_S;
    room.refresh = async (token) => {
      await sleep(Math.random() * 5);
      return { access_token: toToken(`${Math.random()}`), expires_in: 600, refresh_token: token };
    };
    const tokens = await Promise.all(
      begun.flatMap(({ headers }) =>
        Array.from({ length: 5 }, async () => room.tokenFor(await room.enter(headers), audience)),
      ),
    );
    const perSession = begun.map((_, i) => new Set(tokens.slice(i * 5, i * 5 + 5)));
    expect(perSession.map(({ size }) => size)).toEqual(begun.map(() => 1));
    expect(new Set(tokens).size).toBe(20);
  });
});

describe('a session', () => {
  it('whose record is gone is gone, though it was in memory', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    await room.enter(headers);
    expect(await room.sessions.endAll('auth0|1')).toBe(1);
    await expect(room.enter(headers)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('that ends while a rolling write is under way stays dead', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += 61;
    await room.enter(headers);
    await room.sessions.end(headers);
    await expect.poll(() => room.asked.includes('touch')).toBe(true);
    expect(await room.sessions.read(headers)).toBeUndefined();
    expect(await room.sessions.list('auth0|1')).toEqual([]);
  });

  it('without a refresh token lives as long as its access token', async () => {
    const room = createRoomUnderTest();
    const tokens = { access_token: toToken('0'), expires_in: 600, scope: 'read' };
    const { session, setCookie } = await room.sessions.begin(
      { tokens, claims: { sub: 'auth0|1' }, audience, method: 'password' },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    expect(session.endsAtMs - session.createdAtMs).toBe(600_000);
    expect(setCookie).toContain('Max-Age=600;');
  });

  it('without a refresh token uses its access token to the end', async () => {
    const room = createRoomUnderTest();
    const tokens = { access_token: toToken('0'), expires_in: 600, scope: 'read' };
    const { setCookie } = await room.sessions.begin(
      { tokens, claims: { sub: 'auth0|1' }, audience, method: 'password' },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
    room.clock.offsetS += 590;
    const caller = await room.enter(headers);
    expect(await room.tokenFor(caller, audience)).toBe(toToken('0'));
    expect(await room.tokenFor(caller, audience, { force: true })).toBe(toToken('0'));
    expect(room.refreshed).toEqual([]);
  });

  it.each([toToken('x', 'urn:other'), 'opaque'])(
    'that began with a token for another API than was meant sends it nowhere',
    async (access_token) => {
      const room = createRoomUnderTest();
      const tokens = { access_token, expires_in: 600, scope: 'read', refresh_token: 'rt' };
      const { setCookie } = await room.sessions.begin(
        { tokens, claims: { sub: 'auth0|1' }, audience, method: 'code' },
        { id: 'r', ip: '127.0.0.1', headers: {} },
      );
      const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
      room.refresh = async () => tokens;
      await expect(room.enter(headers)).rejects.toMatchObject({ code: 'tenant_misconfigured' });
      expect((await room.sessions.read(headers))?.subject).toBe('auth0|1');
    },
  );

  it('that ended is told to what stays open', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    const caller = await room.enter(headers);
    let told = 0;
    const stop = room.watchSession(caller, () => told++);
    const stopOther = room.watchSession(caller, () => told++);
    stopOther();
    await room.sessions.end(headers);
    await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
    stop();
  });
});
