import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import type { SessionRecord } from '../../src/store/store.ts';
import { audience, createSessionsUnderTest, toToken } from './support/session-module.ts';

const outage = new GatewayError('store_unavailable');

/** Longer than the lifetime of an access token here. */
const LATER_S = 700;

describe('the store', () => {
  it('is not called for a request without a ticket', async () => {
    const under = createSessionsUnderTest();
    for (const cookie of [undefined, 'other=1', 'gatehouse=', 'gatehouse=x.y', 'gatehouse=a; gatehouse=b']) {
      const headers = { ...(cookie !== undefined && { cookie }), 'x-csrf': '1' };
      expect(await under.sessions.read(headers)).toBeUndefined();
      await expect(under.enter(headers)).rejects.toMatchObject({ code: 'unauthenticated' });
      expect(await under.sessions.end(headers)).toBeUndefined();
    }
    expect(under.asked).toEqual([]);
  });

  it('is read once for the complete record, then only for its metadata', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.asked.length = 0;
    for (let i = 0; i < 4; i++) await under.enter(headers);
    expect(under.asked).toEqual(['read', 'readMetadata', 'readMetadata', 'readMetadata']);
  });

  it('is written once a minute, for any number of requests', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.asked.length = 0;
    for (let second = 0; second < 130; second += 10) {
      await Promise.all([under.enter(headers), under.enter(headers), under.enter(headers)]);
      // The write follows the responses.
      await sleep(1);
      under.clock.offsetS += 10;
    }
    await expect.poll(() => under.asked.filter((call) => call === 'touch').length).toBe(2);
  });

  it('can fail a rolling write without failing the request', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += 61;
    under.fail = (call) => {
      if (call === 'touch') throw outage;
    };
    expect((await under.enter(headers)).subject).toBe('auth0|1');
    await expect.poll(() => under.troubles).toEqual(['last use of a session could not be saved']);
  });

  it('that is unavailable is an outage, and no user is signed out', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.fail = () => {
      throw outage;
    };
    await expect(under.enter(headers)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(under.sessions.read(headers)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(under.begin()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(under.revoked).toEqual(['rt']);
    under.fail = () => undefined;
    expect((await under.enter(headers)).subject).toBe('auth0|1');
  });
});

describe('refreshed tokens', () => {
  it('that cannot be saved immediately are used and saved later, with an alarm; no refresh token is lost', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += LATER_S;
    let failures = 0;
    under.fail = (call) => {
      if (call === 'save' && failures++ < 3) throw outage;
    };
    const caller = await under.enter(headers);
    expect(await under.accessTokenFor(caller, audience)).toBe(toToken('1'));
    expect(under.troubles).toEqual(['refreshed tokens are not saved yet']);
    await expect.poll(() => failures, { timeout: 5000 }).toBe(4);
    under.clock.offsetS += LATER_S;
    await under.enter(headers);
    expect(under.refreshed).toEqual(['rt', 'rt+']);
  });

  it('that cannot be saved for a long time delay requests only briefly, and the lock is kept', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += LATER_S;
    let isDown = true;
    under.fail = (call) => {
      if (call === 'save' && isDown) throw outage;
    };
    await under.enter(headers);
    // This process continues with its tokens in memory.
    await under.enter(headers);
    expect(under.refreshed).toEqual(['rt']);
    isDown = false;
    await expect.poll(() => under.asked.at(-1), { timeout: 5000 }).toBe('save');
    under.clock.offsetS += LATER_S;
    await under.enter(headers);
    expect(under.refreshed).toEqual(['rt', 'rt+']);
  });

  it('that a failover of the store has lost are saved again by the process that has them', async () => {
    const store = createSqliteStore(':memory:', systemClock);
    const under = createSessionsUnderTest(store);
    const { headers } = await under.begin();
    const [before] = (await store.sessions.page(undefined)).records as [SessionRecord];
    under.clock.offsetS += LATER_S;
    await under.enter(headers);
    expect(under.refreshed).toEqual(['rt']);
    // The new primary has never received the save.
    await store.sessions.remove(before.id);
    await store.sessions.insert(before);
    await under.enter(headers);
    const after = (await store.sessions.read(before.id))!;
    expect(after.version).toBe(before.version + 1);
    expect(after.tokens).not.toBe(before.tokens);
    // Another process finds the newest refresh token.
    const other = createSessionsUnderTest(store);
    other.clock.offsetS += 2 * LATER_S;
    await other.enter(headers);
    expect(other.refreshed).toEqual(['rt+']);
  });

  it('that come after the session has ended are revoked', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += LATER_S;
    let answer: (() => void) | undefined;
    under.refresh = () =>
      new Promise((resolve) => {
        answer = () => resolve({ access_token: toToken('late'), expires_in: 600, refresh_token: 'late' });
      });
    const entering = under.enter(headers);
    await expect.poll(() => answer !== undefined).toBe(true);
    await under.sessions.end(headers);
    answer?.();
    await expect(entering).rejects.toMatchObject({ code: 'session_expired' });
    expect(under.revoked.toSorted()).toEqual(['late', 'rt']);
    expect(await under.sessions.read(headers)).toBeUndefined();
  });

  it('are merged with concurrent changes of another process', async () => {
    const store = createSqliteStore(':memory:', systemClock);
    const [one, two] = [createSessionsUnderTest(store), createSessionsUnderTest(store)];
    const { headers } = await one.begin();
    const at = async (under: typeof one, api: string) => {
      const caller = await under.enter(headers);
      return under.accessTokenFor(caller, api);
    };
    for (const under of [one, two])
      under.refresh = async (token, api = audience) => ({
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

  it('are not requested again for a slower refused caller: a forced renewal happens once', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    const callers = await Promise.all(Array.from({ length: 10 }, () => under.enter(headers)));
    for (const caller of callers) expect(await under.accessTokenFor(caller, audience)).toBe(toToken('0'));
    const forced: string[] = [];
    for (const caller of callers) forced.push(await under.accessTokenFor(caller, audience, { force: true }));
    expect(new Set(forced)).toEqual(new Set([toToken('1')]));
    expect(under.refreshed).toEqual(['rt']);
    const [first] = callers;
    if (!first) throw new Error('no caller');
    expect(under.mayForce(first, audience)).toBe(false);
    expect(await under.accessTokenFor(first, audience, { force: true })).toBe(toToken('1'));
    under.clock.offsetS += 60;
    expect(under.mayForce(first, audience)).toBe(true);
    expect(await under.accessTokenFor(first, audience, { force: true })).toBe(toToken('2'));
  });

  it('are forced once a minute, despite other processes, other audiences and outages of the tenant', async () => {
    const store = createSqliteStore(':memory:', systemClock);
    const [one, two] = [createSessionsUnderTest(store), createSessionsUnderTest(store)];
    const { headers } = await one.begin();
    const [here, there] = [await one.enter(headers), await two.enter(headers)];
    one.refresh = () => Promise.reject(new GatewayError('tenant_unavailable'));
    expect(await one.accessTokenFor(here, audience, { force: true })).toBe(toToken('0'));
    expect(await two.accessTokenFor(there, audience, { force: true })).toBe(toToken('0'));
    expect([one.refreshed, two.refreshed]).toEqual([['rt'], []]);
    expect([one.mayForce(here, audience), two.mayForce(there, audience)]).toEqual([false, false]);
    // A renewal that the user requests is not a forced one.
    await two.sessions.renew(headers);
    expect(two.refreshed).toEqual(['rt']);
    // This process has sent the older token, so the newer one is used instead.
    expect(await one.accessTokenFor(here, audience, { force: true })).toBe(toToken('1'));
    expect(one.refreshed).toEqual(['rt']);
  });

  it.each([
    [2_000, 1970],
    [120, 90],
    [30, 22.5],
    [4, 3],
    [1, 0.75],
  ])('with a lifetime of %i s are used for %i s, then renewed', async (expires_in, goodForS) => {
    const under = createSessionsUnderTest();
    const answer = (name: string) => ({ access_token: toToken(name), expires_in, scope: 'read' });
    under.refresh = async (token) => ({ ...answer(`${under.refreshed.length}`), refresh_token: token });
    const { setCookie } = await under.sessions.begin(
      {
        tokens: { ...answer('0'), refresh_token: 'rt' },
        claims: { sub: 'auth0|1' },
        audience,
        method: 'password',
      },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
    const use = async () => under.accessTokenFor(await under.enter(headers), audience);
    under.clock.offsetS += goodForS - 0.25;
    expect(await use()).toBe(toToken('0'));
    under.clock.offsetS += 0.3;
    expect(await use()).toBe(toToken('1'));
    expect(await use()).toBe(toToken('1'));
    expect(under.refreshed).toEqual(['rt']);
  });

  it('of a different audience than the requested one are not used, and the refresh token is kept', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    const caller = await under.enter(headers);
    await expect(under.accessTokenFor(caller, 'urn:other')).rejects.toMatchObject({
      code: 'tenant_misconfigured',
    });
    await expect(under.accessTokenFor(caller, 'urn:other')).rejects.toMatchObject({
      code: 'tenant_misconfigured',
    });
    expect(under.refreshed).toEqual(['rt', 'rt+']);
    expect(await under.accessTokenFor(caller, audience)).toBe(toToken('0'));
  });

  it('of different users are never mixed up in parallel renewals', async () => {
    const under = createSessionsUnderTest();
    const begun = await Promise.all(Array.from({ length: 20 }, () => under.begin()));
    under.clock.offsetS += LATER_S;
    under.refresh = async (token) => {
      await sleep(Math.random() * 5);
      return { access_token: toToken(`${Math.random()}`), expires_in: 600, refresh_token: token };
    };
    const tokens = await Promise.all(
      begun.flatMap(({ headers }) =>
        Array.from({ length: 5 }, async () => under.accessTokenFor(await under.enter(headers), audience)),
      ),
    );
    const perSession = begun.map((_, i) => new Set(tokens.slice(i * 5, i * 5 + 5)));
    expect(perSession.map(({ size }) => size)).toEqual(begun.map(() => 1));
    expect(new Set(tokens).size).toBe(20);
  });
});

describe('a session', () => {
  it('without its record ends, although it was in memory', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    await under.enter(headers);
    expect(await under.sessions.endAll('auth0|1')).toBe(1);
    await expect(under.enter(headers)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('that ends during a rolling write stays ended', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += 61;
    await under.enter(headers);
    await under.sessions.end(headers);
    await expect.poll(() => under.asked.includes('touch')).toBe(true);
    expect(await under.sessions.read(headers)).toBeUndefined();
    expect(await under.sessions.list('auth0|1')).toEqual([]);
  });

  it('without a refresh token ends with its access token', async () => {
    const under = createSessionsUnderTest();
    const tokens = { access_token: toToken('0'), expires_in: 600, scope: 'read' };
    const { session, setCookie } = await under.sessions.begin(
      { tokens, claims: { sub: 'auth0|1' }, audience, method: 'password' },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    expect(session.endsAtMs - session.createdAtMs).toBe(600_000);
    expect(setCookie).toContain('Max-Age=600;');
  });

  it('without a refresh token uses its access token until it expires', async () => {
    const under = createSessionsUnderTest();
    const tokens = { access_token: toToken('0'), expires_in: 600, scope: 'read' };
    const { setCookie } = await under.sessions.begin(
      { tokens, claims: { sub: 'auth0|1' }, audience, method: 'password' },
      { id: 'r', ip: '127.0.0.1', headers: {} },
    );
    const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
    under.clock.offsetS += 590;
    const caller = await under.enter(headers);
    expect(await under.accessTokenFor(caller, audience)).toBe(toToken('0'));
    expect(await under.accessTokenFor(caller, audience, { force: true })).toBe(toToken('0'));
    expect(under.refreshed).toEqual([]);
  });

  it.each([toToken('x', 'urn:other'), 'opaque'])(
    'that began with a token for another API than was meant sends it nowhere',
    async (access_token) => {
      const under = createSessionsUnderTest();
      const tokens = { access_token, expires_in: 600, scope: 'read', refresh_token: 'rt' };
      const { setCookie } = await under.sessions.begin(
        { tokens, claims: { sub: 'auth0|1' }, audience, method: 'code' },
        { id: 'r', ip: '127.0.0.1', headers: {} },
      );
      const headers = { cookie: setCookie.split(';')[0] ?? '', 'x-csrf': '1' };
      under.refresh = async () => tokens;
      await expect(under.enter(headers)).rejects.toMatchObject({ code: 'tenant_misconfigured' });
      expect((await under.sessions.read(headers))?.subject).toBe('auth0|1');
    },
  );

  it('that has ended is reported to open streams', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    const caller = await under.enter(headers);
    let told = 0;
    const stop = under.watchSession(caller, { onEnded: () => void told++ });
    const stopOther = under.watchSession(caller, { onEnded: () => void told++ });
    stopOther();
    await under.sessions.end(headers);
    await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
    stop();
  });
});
