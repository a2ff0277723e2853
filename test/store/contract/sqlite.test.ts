import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTravelClock } from '../../../src/lib/clock.ts';
import { createLimiter } from '../../../src/limits/rate-limit.ts';
import { openDatabase } from '../../../src/store/sqlite-database.ts';
import { createSqliteSessions } from '../../../src/store/sqlite-sessions.ts';
import type { Store } from '../../../src/store/store.ts';
import { limitContract } from './limits.ts';
import { raceContract } from './races.ts';
import { revocationContract } from './revocation.ts';
import { sessionContract } from './sessions.ts';
import { freshFile, open, type StoreUnderTest, toRecord } from './target.ts';

describe('a SQLite file', () => {
  const clock = createTravelClock();
  const file = freshFile();
  let target: StoreUnderTest & { other: Store };
  beforeAll(async () => {
    const location = { kind: 'sqlite', file } as const;
    target = { clock, store: await open(location, clock), other: await open(location, clock) };
  });
  afterAll(async () => {
    await target.store.close();
    await target.other.close();
  });
  sessionContract(() => target);
  raceContract(() => target);
  limitContract(() => target);
  revocationContract(() => target);

  it('can be read only by its owner', () => {
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  it('keeps its data over a restart', async () => {
    const first = await open({ kind: 'sqlite', file }, clock);
    await first.sessions.insert(toRecord(clock, 'kept'));
    await first.close();
    const second = await open({ kind: 'sqlite', file }, clock);
    expect(await second.sessions.read('kept')).toBeDefined();
    await second.close();
  });

  it('of a newer release is refused, and not changed', async () => {
    const newer = freshFile();
    mkdirSync(path.dirname(newer), { recursive: true });
    const db = new DatabaseSync(newer);
    db.exec('PRAGMA user_version = 99; CREATE TABLE future (name TEXT)');
    await expect(open({ kind: 'sqlite', file: newer }, clock)).rejects.toMatchObject({
      name: 'StoreFileError',
      message: expect.stringContaining('schema version 99, but this release knows versions up to'),
    });
    expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'future' }]);
    db.close();
  });

  it('of an older release is migrated, and a copy of it is kept that only its owner can read', async () => {
    const older = freshFile();
    const first = await open({ kind: 'sqlite', file: older }, clock);
    await first.sessions.insert(toRecord(clock, 'old'));
    await first.close();
    const db = new DatabaseSync(older);
    db.exec('DROP TABLE denials; PRAGMA user_version = 0');
    db.close();
    const both = await Promise.all([1, 2].map(() => open({ kind: 'sqlite', file: older }, clock)));
    for (const store of both) {
      expect(await store.sessions.read('old')).toBeDefined();
      expect(await store.denyEntries.readAfter(0)).toMatchObject({ entries: [] });
      await store.close();
    }
    const copy = new DatabaseSync(`${older}.v0`);
    expect(copy.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 });
    expect(copy.prepare('SELECT id FROM sessions').all()).toEqual([{ id: 'old' }]);
    copy.close();
    expect(statSync(`${older}.v0`).mode & 0o777).toBe(0o600);
  });

  it('returns the metadata of a session synchronously', async () => {
    await target.store.sessions.insert(toRecord(clock, 'at once'));
    expect(target.store.sessions.readMetadata('at once')).toHaveProperty('version', 1);
  });

  it('that another process has locked for writing can be read; writes wait, then are an outage', async () => {
    await target.store.sessions.insert(toRecord(clock, 'held'));
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');
    const outage = { code: 'store_unavailable' };
    expect(target.store.sessions.readMetadata('held')).toBeDefined();
    await expect(target.store.sessions.remove('held')).rejects.toMatchObject(outage);
    await expect(target.store.locks.acquire('held', 'me', 1000)).rejects.toMatchObject(outage);
    const insured = createLimiter(target.store.makeLimiter, 'held', { count: 2, windowS: 60 });
    await insured.charge('a');
    await insured.charge('a');
    await expect(insured.charge('a')).rejects.toMatchObject({ code: 'rate_limited' });
    // One transaction for all, which fails: each counts on in memory.
    const many = Array.from({ length: 9 }, (_, i) => insured.charge(`key ${i % 3}`));
    expect((await Promise.allSettled(many)).filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    holder.exec('COMMIT');
    holder.close();
    expect(await target.store.sessions.remove('held')).toMatchObject({ id: 'held' });
  });

  it('whose disk is full is still read, and sessions can be ended; other writes are an outage that says why', async () => {
    const db = openDatabase(freshFile());
    const sessions = createSqliteSessions(db, clock);
    await sessions.insert(toRecord(clock, 'kept'));
    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
    db.exec(`PRAGMA max_page_count = ${pages}`);
    const large = toRecord(clock, 'refused', { tokens: 'x'.repeat(100_000) });
    await expect(sessions.insert(large)).rejects.toMatchObject({
      code: 'store_unavailable',
      options: { reason: 'database or disk is full' },
    });
    expect(sessions.read('kept')).toMatchObject({ tokens: 'tokens of kept' });
    expect(sessions.read('refused')).toBeUndefined();
    expect(await sessions.remove('kept')).toMatchObject({ id: 'kept' });
    db.exec(`PRAGMA max_page_count = ${pages + 100}`);
    await sessions.insert(large);
    db.close();
  });

  it('that cannot be opened is named in the error', async () => {
    const text = `${freshFile()}.txt`;
    mkdirSync(path.dirname(text));
    writeFileSync(text, 'this is no database, whatever its name says');
    for (const wrong of [text, path.join(text, 'below.db')]) {
      const told = { name: 'StoreFileError', message: expect.stringContaining(`${wrong}: `) };
      await expect(open({ kind: 'sqlite', file: wrong }, clock)).rejects.toMatchObject(told);
    }
  });

  it('is an outage once it is closed', async () => {
    const closed = await open({ kind: 'sqlite', file }, clock);
    await closed.close();
    expect(() => closed.sessions.readMetadata('x')).toThrow(
      expect.objectContaining({ code: 'store_unavailable' }),
    );
    await expect(closed.replayStore.isRemembered('x')).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(closed.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('SQLite in memory', () => {
  const clock = createTravelClock();
  let target: StoreUnderTest & { other: Store };
  beforeAll(async () => {
    const store = await open({ kind: 'sqlite', file: ':memory:' }, clock);
    target = { clock, store, other: store };
  });
  afterAll(() => target.store.close());
  sessionContract(() => target);
  raceContract(() => target);
  limitContract(() => target);
  revocationContract(() => target);
});
