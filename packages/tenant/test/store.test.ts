import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { createMemoryStore } from '../src/state/memory-store.ts';
import { createSqliteStore } from '../src/state/sqlite-store.ts';
import type { Store } from '../src/state/store.ts';
import { stores } from './support/start-test-tenant.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = makeFolder();
  file = join(folder, 'deep', 'tenant.db');
});

describe.each(stores)('the %s store', (kind) => {
  let store: Store;
  beforeEach(() => {
    store = kind === 'memory' ? createMemoryStore() : createSqliteStore(file);
  });
  afterEach(() => store.close());

  it('returns a document only under its kind and id', () => {
    store.put('cups', 'a', '{"x":1}', {});
    expect(store.get('cups', 'a')).toBe('{"x":1}');
    expect(store.get('cups', 'b')).toBeUndefined();
    expect(store.get('plates', 'a')).toBeUndefined();
  });

  it('keeps any text unchanged, including control characters', () => {
    const odd = 'nul\0 quote" tab\t ünï 🦉';
    store.put('cups', odd, odd, { name: odd });
    expect(store.get('cups', odd)).toBe(odd);
    expect(store.find('cups', 'name', odd)).toEqual([odd]);
  });

  it('lists in the order of the first put', () => {
    for (const id of ['c', 'a', 'b']) store.put('cups', id, id, {});
    store.put('cups', 'c', 'C', {});
    expect(store.list('cups')).toEqual(['C', 'a', 'b']);
  });

  it('finds a document by its key until the key changes or the document is removed', () => {
    store.put('cups', 'a', 'A', { colour: 'red' });
    store.put('cups', 'b', 'B', { colour: 'red' });
    store.put('plates', 'p', 'P', { colour: 'red' });
    expect(store.find('cups', 'colour', 'red')).toEqual(['A', 'B']);
    store.put('cups', 'a', 'A', { colour: 'blue' });
    expect(store.find('cups', 'colour', 'red')).toEqual(['B']);
    expect(store.find('cups', 'colour', 'blue')).toEqual(['A']);
    expect(store.remove('cups', 'b')).toBe(true);
    expect(store.remove('cups', 'b')).toBe(false);
    expect(store.find('cups', 'colour', 'red')).toEqual([]);
  });

  it('trims the oldest, and their keys', () => {
    for (const id of ['a', 'b', 'c', 'd']) store.put('cups', id, id, { all: 'x' });
    store.trim('cups', 2);
    expect(store.list('cups')).toEqual(['c', 'd']);
    expect(store.find('cups', 'all', 'x')).toEqual(['c', 'd']);
    store.trim('cups', 5);
    expect(store.list('cups')).toHaveLength(2);
  });

  it('sweeps only expired documents', () => {
    store.put('cups', 'soon', 'S', { all: 'x' }, 1000);
    store.put('cups', 'never', 'N', {});
    store.sweep(1000);
    expect(store.get('cups', 'soon')).toBe('S');
    store.sweep(1001);
    expect(store.list('cups')).toEqual(['N']);
    expect(store.find('cups', 'all', 'x')).toEqual([]);
  });

  it('a transaction that throws changes nothing, nested or not', () => {
    store.put('cups', 'a', 'A', { colour: 'red' });
    store.put('cups', 'b', 'B', {});
    const fail = () =>
      store.transaction(() => {
        store.put('cups', 'a', 'changed', { colour: 'blue' });
        store.transaction(() => store.remove('cups', 'b'));
        store.put('cups', 'c', 'C', {});
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(store.list('cups')).toEqual(['A', 'B']);
    expect(store.find('cups', 'colour', 'red')).toEqual(['A']);
    expect(store.transaction(() => 'done')).toBe('done');
  });
});

it('both stores behave the same under random operations', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const key = fc.constantFrom('x', 'y');
  const anyStep = fc.oneof(
    fc.record({
      do: fc.constant('put' as const),
      id,
      key,
      expiresMs: fc.option(fc.nat(20), { nil: undefined }),
    }),
    fc.record({ do: fc.constant('remove' as const), id }),
    fc.record({ do: fc.constant('trim' as const), keep: fc.nat(3) }),
    fc.record({ do: fc.constant('sweep' as const), now: fc.nat(20) }),
    fc.record({ do: fc.constant('fail' as const), id }),
  );
  let round = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 25 }), (steps) => {
      const pair = [createMemoryStore(), createSqliteStore(join(folder, `${round++}.db`))];
      const [memory, sqlite] = pair.map((store) =>
        steps.map((step, at) => {
          if (step.do === 'put') store.put('k', step.id, String(at), { key: step.key }, step.expiresMs);
          else if (step.do === 'remove') store.remove('k', step.id);
          else if (step.do === 'trim') store.trim('k', step.keep);
          else if (step.do === 'sweep') store.sweep(step.now);
          else {
            try {
              store.transaction(() => {
                store.put('k', step.id, 'lost', { key: 'x' });
                throw new Error('undo');
              });
            } catch {}
          }
          return [store.list('k'), store.find('k', 'key', 'x'), store.get('k', 'a')];
        }),
      );
      for (const store of pair) store.close();
      expect(memory).toEqual(sqlite);
    }),
    { numRuns: 40 },
  );
});

describe('the sqlite file', () => {
  it('can be read by its owner only', () => {
    createSqliteStore(file).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps committed documents when the process is killed', () => {
    const program = `
      const { createSqliteStore } = await import(${JSON.stringify(new URL('../src/state/sqlite-store.ts', import.meta.url).href)});
      createSqliteStore(${JSON.stringify(file)}).put('cups', 'a', 'A', { colour: 'red' });
      process.kill(process.pid, 'SIGKILL');
    `;
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', program]).signal).toBe('SIGKILL');
    const store = createSqliteStore(file);
    expect(store.find('cups', 'colour', 'red')).toEqual(['A']);
    store.close();
  });

  it('can be opened twice, and each store reads the other’s writes', () => {
    const [one, other] = [createSqliteStore(file), createSqliteStore(file)];
    one.put('cups', 'a', 'A', {});
    expect(other.get('cups', 'a')).toBe('A');
    one.close();
    other.close();
  });
});
