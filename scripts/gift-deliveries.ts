// `npm run example:gift-deliveries`: runs the machine client of examples/ against a gateway that runs. Without CLIENT_ID it takes the
// client of the embedded tenant.
import path from 'node:path';
import { readVariables } from '../src/config/read-variables.ts';
import { endLike, runNode } from './child.js';

const { lookUp } = readVariables(process.env, process.cwd());
const publicUrl = lookUp('PUBLIC_URL') ?? `http://localhost:${lookUp('PORT') ?? '3000'}`;

async function readCredentials(): Promise<Record<string, string>> {
  const tenant = `http://localhost:${lookUp('TENANT_PORT') ?? '4400'}`;
  const response = await fetch(`${tenant}/_tenant/credentials/gift-deliveries`).catch(() => undefined);
  if (!response?.ok) {
    process.stderr.write(
      `No embedded tenant with the client gift-deliveries at ${tenant}: run npm start in another terminal, or set CLIENT_ID and CLIENT_SECRET.\n`,
    );
    process.exit(1);
  }
  const found = (await response.json()) as { client_id: string; client_secret: string };
  return { CLIENT_ID: found.client_id, CLIENT_SECRET: found.client_secret };
}

const credentials = process.env['CLIENT_ID'] === undefined ? await readCredentials() : {};
const cwd = path.resolve(import.meta.dirname, '../examples/gift-deliveries');
const args = ['deliver.js', ...process.argv.slice(2)];
endLike(await runNode(process.execPath, args, { cwd, env: { ...credentials, PUBLIC_URL: publicUrl } }));
