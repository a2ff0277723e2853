import { beforeEach, describe, expect, it } from 'vitest';
import { createSignInLimits, type SignInLimits } from '../../src/auth/sign-in-limits.ts';
import { GatewayError } from '../../src/errors.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';

const DAY_S = 86_400;
const rates = { signinAccount: { count: 3, windowS: 900 }, signinIp: { count: 50, windowS: 900 } };
const home = '192.0.2.1';

let clock: TravelClock;
let store: Store;
beforeEach(() => {
  clock = createTravelClock();
  store = createSqliteStore(':memory:', clock);
});

/** The limits of a process that has just started. */
const start = (
  known: Pick<Store['replayStore'], 'isRemembered' | 'remember'> = store.replayStore,
): SignInLimits =>
  createSignInLimits({ rates, makeLimiter: store.makeLimiter, known, toHash: (text) => text, clock });

const signIn = async (limits: SignInLimits): Promise<void> => (await limits.attempt('ada', home)).succeeded();

/** Uses up the failures of the account from different addresses. */
async function spray(limits: SignInLimits): Promise<void> {
  for (let i = 0; i < 3; i++) await (await limits.attempt('ada', `198.51.100.${i}`)).failed();
  await expect(limits.attempt('ada', '203.0.113.9')).rejects.toMatchObject({ code: 'too_many_attempts' });
}

describe('the owner of an account under attack', () => {
  it('can sign in from a known address, after a restart too', async () => {
    await signIn(start());
    await spray(start());
    await signIn(start());
  });

  it('has no known address after 30 days', async () => {
    await signIn(start());
    clock.offsetS += 31 * DAY_S;
    const limits = start();
    await spray(limits);
    await expect(limits.attempt('ada', home)).rejects.toMatchObject({ code: 'too_many_attempts' });
  });

  it('has a known address for 30 days after its last use', async () => {
    const limits = start();
    await signIn(limits);
    clock.offsetS += 20 * DAY_S;
    await signIn(limits);
    clock.offsetS += 20 * DAY_S;
    await spray(start());
    await signIn(start());
  });

  it('can sign in during an outage of the store from an address with an earlier sign-in at this process', async () => {
    const outage = () => Promise.reject(new GatewayError('store_unavailable'));
    const limits = start({ isRemembered: outage, remember: outage });
    await signIn(limits);
    await spray(limits);
    await signIn(limits);
  });
});
