import type { Single, State } from '../../src/state/state.ts';
import { type ClosedTenant, contextOf } from './context-of.ts';

/**
 * A tenant's stored data, for members that none of its APIs reads or writes. Tests access its state only by this
 * helper.
 */
export const storedIn = (tenant: ClosedTenant): State => contextOf(tenant).state;

interface Documents<T> {
  get(key: string): T | undefined;
  put(document: T): void;
}

/**
 * Changes members of a stored document, selected by key or the only one of its kind. Returns a function that restores
 * the document. Throws if there is none.
 */
export function alter<T extends object>(documents: Single<T>, change: Partial<T>): () => void;
export function alter<T extends object>(documents: Documents<T>, change: Partial<T>, key: string): () => void;
export function alter<T extends object>(documents: Documents<T>, change: Partial<T>, key = ''): () => void {
  const before = documents.get(key);
  if (!before) throw new Error(`there is no document ${key}`);
  documents.put({ ...before, ...change });
  return () => documents.put(before);
}
