import { createRequire } from 'node:module';
import type * as X509 from '@peculiar/x509';

/**
 * Loads @peculiar/x509 only when certificates are created, because loading is slow and rarely needed. Its dependency
 * container checks for decorator metadata while it loads but does not use it: two empty functions, set during this
 * synchronous call, avoid a polyfill that would change `Reflect` for the whole process.
 */
export function loadX509(): typeof X509 {
  const require = createRequire(import.meta.url);
  const missing = ['getMetadata', 'getOwnMetadata'].filter((name) => !(name in Reflect));
  for (const name of missing)
    Reflect.defineProperty(Reflect, name, { value: () => undefined, configurable: true });
  try {
    return require('@peculiar/x509') as typeof X509;
  } finally {
    for (const name of missing) Reflect.deleteProperty(Reflect, name);
  }
}
