import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { runFeed } from '../../src/revocation/run-feed.ts';
import { openStore } from '../../src/store/open-store.ts';
import { eventually } from '../support/eventually.ts';

describe('a log that the management client may not read', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function start(isRequired: boolean) {
    const clock = createTravelClock();
    const said: string[] = [];
    const store = await openStore({ kind: 'sqlite', file: ':memory:' }, clock, () => undefined);
    const hear = (...[, text = '']: readonly unknown[]) => void said.push(String(text));
    const feed = runFeed({
      feed: {
        turn: async () => {
          // Longer behind than is told from.
          clock.offsetS += 31;
          throw new GatewayError('tenant_misconfigured', { reason: '403 insufficient_scope' });
        },
      },
      readEvents: undefined,
      locks: store.locks,
      texts: store.texts,
      clock,
      pollS: 1,
      isRequired,
      log: { error: hear, info: hear, warn: hear },
    });
    closing.push(feed.close, () => store.close());
    await eventually(() => feed.stats().errors).toBe(1);
    return { feed, said };
  }
  const ADVICE =
    "the tenant's log cannot be read: grant read:logs to the client of AUTH0_MGMT_CLIENT_ID, or set REVOCATION_FEED=off";

  it('is done without by default, which the log says', async () => {
    const { feed, said } = await start(false);
    expect(feed.isBehind()).toBe(false);
    expect(said).toEqual([ADVICE]);
  });

  it('is behind where REVOCATION_FEED asks for it', async () => {
    const { feed, said } = await start(true);
    expect(feed.isBehind()).toBe(true);
    expect(said).toEqual([ADVICE, "the tenant's log is not read: revocations come late"]);
  });
});
