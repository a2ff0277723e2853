import { createMemoryStore } from './memory-store.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { State } from './state.ts';
import { createState } from './state.ts';

/** Opens the tenant's state: a SQLite file, made if need be, or `:memory:` for one that is forgotten. */
export const openState = (dataFile: string): State =>
  createState(dataFile === ':memory:' ? createMemoryStore() : createSqliteStore(dataFile));
