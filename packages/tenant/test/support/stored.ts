import type { Single, State } from '../../src/state/state.ts';
import type { Tenant } from '../../src/tenant.ts';
import { insideOf } from './inside.ts';

/** What a tenant keeps, for what no API of it shows or takes. Tests reach its state by this alone. */
export const storedIn = (tenant: Tenant): State => insideOf(tenant).state;

interface Documents<T> {
  get(key: string): T | undefined;
  put(document: T): void;
}

/**
 * Changes members of a stored document, of those under a key or the only one of its kind. Answers with what puts the
 * document back as it was. Throws where there is none.
 */
export function alter<T extends object>(documents: Single<T>, change: Partial<T>): () => void;
export function alter<T extends object>(documents: Documents<T>, change: Partial<T>, key: string): () => void;
export function alter<T extends object>(documents: Documents<T>, change: Partial<T>, key = ''): () => void {
  const before = documents.get(key);
  if (!before) throw new Error(`there is no document ${key}`);
  documents.put({ ...before, ...change });
  return () => documents.put(before);
}
