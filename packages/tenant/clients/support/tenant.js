import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startTenant } from '../../src/index.ts';

/** The user of the built-in seed. */
export const USER = { sub: 'auth0|ada', email: 'ada@example.com', password: 'Correct-Horse-9' };
/** The API of the built-in seed. */
export const API = 'https://api.example.com';

/** Starts a tenant with these clients in addition to the built-in ones. This process trusts its certificate. */
export async function openTenant(clients = []) {
  const seed = {
    clients,
    resource_servers: [{ identifier: 'https://other.example.com', name: 'Another API' }],
  };
  const tenant = await startTenant({ seed });
  setDefaultCACertificates([...getCACertificates('default'), tenant.caPem]);
  return tenant;
}
