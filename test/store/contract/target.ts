import path from 'node:path';
import { storeUrl } from '../../../src/config/store-url.ts';
import type { TravelClock } from '../../../src/lib/clock.ts';
import { openStore, type StoreLocation } from '../../../src/store/open-store.ts';
import type { SessionRecord, Store } from '../../../src/store/store.ts';
import { makeFolder } from '../../support/folder.ts';

/** What the contract is held to: an engine, and how to open it once more as another process would. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: TravelClock;
}

/** A file in a folder of its own. */
export const freshFile = (): string => path.join(makeFolder(), 'inner', 'gatehouse.db');

export const toLocation = (port: number, password?: string): StoreLocation => ({
  kind: 'redis',
  host: '127.0.0.1',
  port,
  username: undefined,
  password,
  database: 0,
  tls: false,
});

/** The location that a `STORE_URL` names. */
export const parseLocation = (url: string): StoreLocation => storeUrl.parse(url);

export const open = (location: StoreLocation, clock: TravelClock): Promise<Store> =>
  openStore(location, clock, () => undefined);

/** A session that began now and lives for an hour idle, a day at most. */
export const toRecord = (
  clock: TravelClock,
  id: string,
  differing: Partial<SessionRecord> = {},
): SessionRecord => ({
  id,
  version: 1,
  createdAtMs: clock.now(),
  lastSeenAtMs: clock.now(),
  idleEndsAtMs: clock.now() + 3_600_000,
  endsAtMs: clock.now() + 86_400_000,
  subjectKey: `subject of ${id}`,
  sidKey: undefined,
  tokens: `tokens of ${id}`,
  meta: `meta of ${id}`,
  ...differing,
});
