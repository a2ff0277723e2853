import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { createSqliteStore } from '../src/state/sqlite-store.ts';

const newFile = () => path.join(makeFolder(), 'tenant.db');

describe('the data file', () => {
  it('of a newer release is refused, and not changed', () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99; CREATE TABLE future (name TEXT)');
    expect(() => createSqliteStore(file)).toThrow(
      expect.objectContaining({
        name: 'DataVersionError',
        message: expect.stringContaining('schema version 99'),
      }),
    );
    expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'future' }]);
    db.close();
  });

  it('of an older release is migrated once, and a copy of it is kept', () => {
    const file = newFile();
    const first = createSqliteStore(file);
    first.put('user', 'ada', '{}', {});
    first.close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 0');
    db.close();
    for (const _ of [1, 2]) {
      const store = createSqliteStore(file);
      expect(store.get('user', 'ada')).toBe('{}');
      store.put('user', 'bob', '{}', {});
      store.close();
    }
    const copy = new DatabaseSync(`${file}.v0`);
    expect(copy.prepare('SELECT id FROM documents').all()).toEqual([{ id: 'ada' }]);
    copy.close();
  });
});
