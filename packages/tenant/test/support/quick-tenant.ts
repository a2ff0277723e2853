import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type MakeSigningKey, makeSigningKey } from '../../src/keys/make-signing-key.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { SigningKeyDocument } from '../../src/state/token-documents.ts';
import type { TenantOptions } from '../../src/tenant.ts';
import { type Certificates, issueCertificates } from '../../src/transport/issue-certificates.ts';

/** Two tenants side by side have other keys than each other; more than four of them share some. */
const POOL_SIZE = 8;
const KEYS_OF_A_START = 2;

let certificates: Promise<Certificates> | undefined;
const pool: Promise<SigningKeyDocument>[] = [];
let taken = 0;

/** Makes this process trust an authority from now on. */
export const trust = (caPem: string): void =>
  setDefaultCACertificates([...getCACertificates('default'), caPem]);

/** One authority for all tenants of this process, which trusts it from the first one on. */
async function issueTrusted(): Promise<Certificates> {
  const issued = await issueCertificates(systemClock);
  trust(issued.caPem);
  return issued;
}

/** The keys of a start come from the pool; those of a rotation are new. */
function createPooledKeys(): MakeSigningKey {
  let made = 0;
  return async (clock, age) => {
    if (made++ >= KEYS_OF_A_START) return makeSigningKey(clock, age);
    const key = await (pool[taken++ % POOL_SIZE] ??= makeSigningKey(systemClock, age));
    return { ...key, age };
  };
}

/** What makes a tenant cheap to start and to sign in at: cheap password hashes, and keys and certificates made before. */
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
