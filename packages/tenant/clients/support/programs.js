import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { API, openTenant, USER } from './tenant.js';

/**
 * A program or library that uses the tenant without a browser. The module's `use` gets the tenant, the credentials of the
 * built-in clients, a folder of its own and the file of the tenant's CA certificate; it throws if a result is wrong.
 */
export async function run({ use, clients }) {
  const tenant = await openTenant(clients);
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-client-'));
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, tenant.caPem);
  try {
    const domain = new URL(tenant.issuer).host;
    await use({ tenant, issuer: tenant.issuer, domain, audience: API, user: USER, folder, caFile });
  } finally {
    await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
