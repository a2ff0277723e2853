import { rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import type { SessionStore } from '../../src/store/store.ts';
import { freshFile, open, toRecord } from './contract/target.ts';

const READS = 20_000;

/** CPU time of one read of a session, in microseconds, averaged. */
function toReadCostUs(sessions: SessionStore, count: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < READS; i++) {
    const head = sessions.readMetadata(`session ${(i * 7919) % count}`);
    if (head === undefined || head instanceof Promise) throw new Error('not read at once');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / READS;
}

/** Fills the table with copies of one session, with different ids. */
function copy(file: string, id: string, count: number): void {
  const db = new DatabaseSync(file);
  const columns = 'version, last_seen_ms, idle_ends_ms, ends_ms, created_ms, sid_key, tokens, meta';
  db.prepare(
    `INSERT INTO sessions (id, subject_key, ${columns})
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
     SELECT 'session ' || i, 'subject ' || (i % 999), ${columns} FROM n, sessions WHERE id = ?`,
  ).run(count, id);
  db.close();
}

it('a read of a session in a SQLite file takes less than 100 µs of CPU, among 1 or 100,000 sessions', async () => {
  const clock = createTravelClock();
  const file = freshFile();
  const store = await open({ kind: 'sqlite', file }, clock);
  await store.sessions.insert(toRecord(clock, 'session 0', { tokens: 'x'.repeat(200) }));
  expect(toReadCostUs(store.sessions, 1)).toBeLessThan(100);
  copy(file, 'session 0', 100_000);
  expect(await store.sessions.count()).toBe(100_000);
  expect(toReadCostUs(store.sessions, 100_000)).toBeLessThan(100);
  await store.close();
  rmSync(path.dirname(file), { recursive: true });
}, 120_000);
