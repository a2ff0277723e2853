import { createMemoryStore } from './memory-store.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { State } from './state.ts';
import { createState } from './state.ts';

/** Opens the tenant's state: a SQLite file, created if necessary, or `:memory:`. */
export const openState = (dataFile: string): State =>
  createState(dataFile === ':memory:' ? createMemoryStore() : createSqliteStore(dataFile));
