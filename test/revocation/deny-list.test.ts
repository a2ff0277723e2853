import { afterEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/http/route.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { planCompaction } from '../../src/revocation/compaction.ts';
import { createDenyList, type DenyList } from '../../src/revocation/deny-list.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { DenyEntry } from '../../src/store/store.ts';

const SECOND = 1_700_000_000;

describe('the deny list', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function start(maxEntries?: number): Promise<{ one: DenyList; other: DenyList }> {
    const clock = createTravelClock({ now: () => (SECOND + 1000) * 1000 });
    const store = await openStore({ kind: 'sqlite', file: ':memory:' }, clock, () => undefined);
    const create = () =>
      createDenyList({
        entries: store.denyEntries,
        locks: store.locks,
        clock,
        onMany: () => undefined,
        onFailed: () => undefined,
        ...(maxEntries !== undefined && { maxEntries }),
      });
    const [one, other] = [create(), create()];
    closing.push(one.close, other.close, () => store.close());
    return { one, other };
  }
  const isDenied = (list: DenyList, subject: string, issuedAtS: number, isFresh = false, clientId = 'app') =>
    list.isDenied({ subject, clientId, issuedAtS }, isFresh);

  it('denies the tokens of a subject from before the second of a change, but not of that second', async () => {
    const { one } = await start();
    await one.denyIssuedBefore('ann', SECOND * 1000 + 700);
    expect([SECOND - 1, SECOND].map((at) => isDenied(one, 'ann', at))).toEqual([true, false]);
    expect(isDenied(one, 'bob', SECOND - 1)).toBe(false);
  });

  it('denies every token of a blocked subject, until it is allowed again', async () => {
    const { one } = await start();
    await one.denySubject('ann');
    expect(isDenied(one, 'ann', SECOND + 100_000)).toBe(true);
    await one.allowSubject('ann');
    expect(isDenied(one, 'ann', 0)).toBe(false);
  });

  it('denies tokens of a client, for any subject', async () => {
    const { one } = await start();
    await one.denyClientBefore('machine', SECOND * 1000);
    expect(isDenied(one, 'ann', SECOND - 1, false, 'machine')).toBe(true);
    expect(isDenied(one, 'ann', SECOND - 1, false, 'app')).toBe(false);
    expect(one.machineTokensFromS('machine')).toBe(SECOND + 1);
  });

  it('denies tokens after lost permissions only if fresh ones are required, of one subject or of all', async () => {
    const { one } = await start();
    await one.renewPermissions('ann', SECOND * 1000);
    expect([isDenied(one, 'ann', SECOND), isDenied(one, 'ann', SECOND, true)]).toEqual([false, true]);
    expect(isDenied(one, 'bob', SECOND, true)).toBe(false);
    await one.renewPermissions(undefined, SECOND * 1000);
    expect(isDenied(one, 'bob', SECOND, true)).toBe(true);
    expect(one.renewedFromS('bob')).toBe(SECOND + 1);
  });

  it('checks sessions only for lost permissions, if fresh ones are required', async () => {
    const { one } = await start();
    const callerOf = (kind: Caller['kind'], iat: number): Caller => ({
      kind,
      subject: 'ann',
      clientId: 'app',
      scopes: new Set(),
      claims: { iat },
    });
    await one.denyIssuedBefore('ann', (SECOND + 10) * 1000);
    await one.renewPermissions('ann', SECOND * 1000);
    const asked = (kind: Caller['kind'], iat: number) =>
      [false, true].map((isFresh) => one.isRevoked(callerOf(kind, iat), isFresh));
    expect([asked('bearer', SECOND), asked('bearer', SECOND + 10)]).toEqual([
      [true, true],
      [false, false],
    ]);
    // A session renews its token: one issued after the change is accepted again.
    expect([asked('session', SECOND), asked('session', SECOND + 1)]).toEqual([
      [false, true],
      [false, false],
    ]);
  });

  it('is the same on another replica within a second', async () => {
    const { one, other } = await start();
    await one.denySubject('ann');
    await expect.poll(() => isDenied(other, 'ann', SECOND), { timeout: 5_000 }).toBe(true);
  });

  it('merges its oldest entries into one common time when it is full, and keeps each block', async () => {
    const { one } = await start(20);
    await one.denySubject('blocked');
    for (let i = 0; i < 20; i++) await one.denyIssuedBefore(`user ${i}`, (SECOND + i) * 1000);
    expect(one.size()).toBeLessThanOrEqual(20);
    // All denied tokens stay denied.
    for (let i = 0; i < 20; i++) expect(isDenied(one, `user ${i}`, SECOND + i - 1)).toBe(true);
    expect(isDenied(one, 'blocked', SECOND + 100_000)).toBe(true);
    expect(isDenied(one, 'user 19', SECOND + 19)).toBe(false);
  });

  it('merges entries of permissions first', () => {
    const entry = (kind: DenyEntry['kind'], i: number): DenyEntry => ({
      kind,
      key: `${kind} ${i}`,
      issuedBeforeS: i,
      lapsesAtMs: 0,
    });
    const entries = [0, 1, 2].flatMap((i) =>
      (['block', 'subject', 'permission'] as const).map((kind) => entry(kind, i)),
    );
    const plan = planCompaction(entries, 8);
    expect(plan).toEqual({ dropped: [entry('permission', 0), entry('permission', 1)], cutoffS: 0 });
    expect(planCompaction(entries, 9)).toBeUndefined();
    expect(planCompaction(entries, 2)?.dropped.filter(({ kind }) => kind === 'block')).toEqual([]);
  });
});
