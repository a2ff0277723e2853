import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** The items of all users in a SQLite file, or in `:memory:`. Every statement names the user whose data it touches. */
export function openStore(file) {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS items (
      user TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (user, kind, id)
    )`);
  const list = database.prepare('SELECT id, body FROM items WHERE user = ? AND kind = ? ORDER BY rowid');
  const find = database.prepare('SELECT id, body FROM items WHERE user = ? AND kind = ? AND id = ?');
  const add = database.prepare('INSERT INTO items (user, kind, id, body) VALUES (?, ?, ?, ?)');
  const replace = database.prepare('UPDATE items SET body = ? WHERE user = ? AND kind = ? AND id = ?');
  const remove = database.prepare('DELETE FROM items WHERE user = ? AND kind = ? AND id = ?');
  const toItem = ({ id, body }) => ({ id, ...JSON.parse(body) });

  return {
    list: (user, kind) => list.all(user, kind).map(toItem),
    find(user, kind, id) {
      const row = find.get(user, kind, id);
      return row && toItem(row);
    },
    add(user, kind, body) {
      const id = randomUUID();
      add.run(user, kind, id, JSON.stringify(body));
      return { id, ...body };
    },
    /** The new item; undefined where there is none to replace. */
    replace(user, kind, id, body) {
      const { changes } = replace.run(JSON.stringify(body), user, kind, id);
      return changes > 0 ? { id, ...body } : undefined;
    },
    /** Whether there was one. */
    remove: (user, kind, id) => remove.run(user, kind, id).changes > 0,
  };
}
