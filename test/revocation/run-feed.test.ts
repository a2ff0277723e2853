import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import { runFeed } from '../../src/revocation/run-feed.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { eventually } from '../support/eventually.ts';

const ADVICE =
  "the tenant's log cannot be read: grant read:logs to the client of AUTH0_MGMT_CLIENT_ID, or set REVOCATION_FEED=off";
const BEHIND = "the tenant's log is not read: revocations come late";

describe('a log that the management client cannot read', () => {
  let clock: TravelClock;
  let store: Store;
  const closing: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    clock = createTravelClock();
    // By another clock: the lock must not expire with the jumps of a test.
    store = await openStore({ kind: 'sqlite', file: ':memory:' }, createTravelClock(), () => undefined);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await store.close();
  });

  /** A replica that counts its checks of the reader's progress. */
  function start(isRequired: boolean) {
    const said: string[] = [];
    const hear = (...[, text = '']: readonly unknown[]) => void said.push(String(text));
    const replica = { said, looks: 0 };
    const feed = runFeed({
      feed: {
        turn: async () => {
          throw new GatewayError('tenant_misconfigured', { reason: '403 insufficient_scope' });
        },
      },
      readEvents: undefined,
      locks: store.locks,
      texts: {
        ...store.texts,
        read: (name) => {
          replica.looks += 1;
          return store.texts.read(name);
        },
      },
      clock,
      pollS: 1,
      isRequired,
      log: { error: hear, info: hear, warn: hear },
    });
    closing.push(feed.close);
    return Object.assign(replica, feed);
  }

  it.each([
    { isRequired: false, what: 'is done without by default', said: [ADVICE] },
    { isRequired: true, what: 'is behind where REVOCATION_FEED asks for it', said: [ADVICE, BEHIND] },
  ])('$what, at all replicas', async ({ isRequired, said }) => {
    const holder = start(isRequired);
    // Longer behind than the reporting threshold.
    clock.offsetS += 31;
    await eventually(() => holder.stats().errors).toBe(1);
    expect(holder.isBehind()).toBe(isRequired);
    expect(holder.said).toEqual(said);
    const other = start(isRequired);
    clock.offsetS += 31;
    await eventually(() => other.looks).toBeGreaterThan(1);
    expect(other.isBehind()).toBe(isRequired);
    expect(other.said).toEqual(isRequired ? [BEHIND] : []);
  });
});
