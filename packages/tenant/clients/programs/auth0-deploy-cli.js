import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dump } from 'auth0-deploy-cli';
import { parse } from 'yaml';

export async function use({ tenant, domain, folder }) {
  const { clientId, clientSecret } = tenant.client('machine');
  const config = {
    AUTH0_DOMAIN: domain,
    AUTH0_CLIENT_ID: clientId,
    AUTH0_CLIENT_SECRET: clientSecret,
    AUTH0_INCLUDED_ONLY: ['clients', 'resourceServers', 'databases'],
  };
  await dump({ output_folder: folder, format: 'yaml', config });
  const { clients, resourceServers } = parse(readFileSync(path.join(folder, 'tenant.yaml'), 'utf8'));
  assert.ok(clients.some(({ name }) => name === 'Web app'));
  assert.ok(resourceServers.some(({ identifier }) => identifier === 'https://api.example.com'));
}
