import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type MakeSigningKey, makeSigningKey } from '../../src/keys/make-signing-key.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { SigningKeyDocument } from '../../src/state/token-documents.ts';
import type { TenantOptions } from '../../src/tenant-options.ts';
import { type Certificates, issueCertificates } from '../../src/transport/issue-certificates.ts';

/** Two parallel tenants have different keys; more than four share some. */
const POOL_SIZE = 8;
const KEYS_OF_A_START = 2;

let certificates: Promise<Certificates> | undefined;
const pool: Promise<SigningKeyDocument>[] = [];
let taken = 0;

/** Makes this process trust a CA. */
export const trust = (caPem: string): void =>
  setDefaultCACertificates([...getCACertificates('default'), caPem]);

/** One CA for all tenants of this process, which trusts it from the first tenant on. */
async function issueTrusted(): Promise<Certificates> {
  const issued = await issueCertificates(systemClock);
  trust(issued.caPem);
  return issued;
}

/** Initial keys come from the pool; rotation creates new ones. */
function createPooledKeys(): MakeSigningKey {
  let made = 0;
  return async (clock, age) => {
    if (made++ >= KEYS_OF_A_START) return makeSigningKey(clock, age);
    const key = await (pool[taken++ % POOL_SIZE] ??= makeSigningKey(systemClock, age));
    return { ...key, age };
  };
}

/** Makes a tenant fast to start and to sign in at: cheap password hashes, and pregenerated keys and certificates. */
export async function quickOptions(): Promise<
  Required<Pick<TenantOptions, 'passwordCost' | 'certificates' | 'makeSigningKey'>>
> {
  certificates ??= issueTrusted();
  return {
    passwordCost: { memory: 8, passes: 1 },
    certificates: await certificates,
    makeSigningKey: createPooledKeys(),
  };
}
