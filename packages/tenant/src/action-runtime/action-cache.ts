const MAX_ENTRIES = 20;
const MAX_KEY_BYTES = 64;
const MAX_VALUE_BYTES = 4096;
const MAX_SUM_BYTES = 8192;
const DEFAULT_TTL_MS = 15 * 60 * 1000;
const MAX_TTL_MS = 24 * 3600 * 1000;

interface CacheRecord {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

type CacheChange = { readonly type: 'success' } | { readonly type: 'error'; readonly code: string };

/** `api.cache` of a trigger, with Auth0's limits. Its entries live as long as the process. */
export interface ActionCache {
  get(key: string): CacheRecord | undefined;
  set(
    key: string,
    value: string,
    options?: { readonly ttl?: number; readonly expires_at?: number },
  ): CacheChange;
  delete(key: string): CacheChange;
}

const refused = (code: string): CacheChange => ({ type: 'error', code });

/** `now` is the tenant's time. */
export function createActionCache(entries: Map<string, CacheRecord>, now: () => number): ActionCache {
  function sweep(): void {
    for (const [key, { expires_at }] of entries) if (expires_at <= now()) entries.delete(key);
  }
  return {
    get(key) {
      sweep();
      return entries.get(key);
    },
    set(key, value, { ttl = DEFAULT_TTL_MS, expires_at } = {}) {
      sweep();
      if (typeof key !== 'string' || Buffer.byteLength(key) > MAX_KEY_BYTES)
        return refused('CacheKeySizeExceeded');
      if (typeof value !== 'string' || Buffer.byteLength(value) > MAX_VALUE_BYTES)
        return refused('CacheValueSizeExceeded');
      const others = [...entries].filter(([name]) => name !== key);
      const sum = others.reduce((total, [name, entry]) => total + Buffer.byteLength(name + entry.value), 0);
      if (others.length >= MAX_ENTRIES) return refused('ItemCountExceeded');
      if (sum + Buffer.byteLength(key + value) > MAX_SUM_BYTES) return refused('CacheSizeExceeded');
      const end = Math.min(expires_at ?? now() + ttl, now() + MAX_TTL_MS);
      entries.set(key, { value, expires_at: end });
      return { type: 'success' };
    },
    delete(key) {
      entries.delete(key);
      return { type: 'success' };
    },
  };
}
