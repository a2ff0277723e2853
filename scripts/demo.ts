// `npm run demo`: the gateway with the embedded tenant, Organizer behind it, and three third-party applications.
import path from 'node:path';
import { toFaultLines } from '../src/config/faults.ts';
import { run } from '../src/main.ts';
import { EXIT_CODES } from '../src/startup/exit-codes.ts';
import { readSources } from '../src/startup/read-sources.ts';
import { runNode } from './child.js';
import { addSampleData } from './demo/add-sample-data.ts';
import { type DemoApplication, prepareTenant } from './demo/prepare-tenant.ts';
import { toDemoText } from './demo/to-demo-text.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../examples');
const WAIT_MS = 100;

/** The first of four ports: Organizer, then the applications. */
const firstPort = Number(process.env['DEMO_PORT'] ?? '4500');
const organizer = `http://127.0.0.1:${firstPort}`;
const applications: DemoApplication[] = [
  { folder: 'calendar-app', name: 'CalendarApp', asks: 'appointments and contacts' },
  { folder: 'my-todos', name: 'MyTodos.io', asks: 'tasks' },
  { folder: 'text-app', name: 'TextApp.io', asks: 'contacts' },
].map((each, index) => ({ ...each, origin: `http://localhost:${firstPort + 1 + index}` }));

function fail(message: string, exitCode: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

/** Runs the server of an example. When it ends by itself, the demo ends; a signal to the demo ends both. */
async function runExample(folder: string, env: Record<string, string>): Promise<void> {
  const { code } = await runNode(process.execPath, ['server.js'], { cwd: path.join(EXAMPLES, folder), env });
  if (code !== null) fail(`examples/${folder} ended with ${code}.`, EXIT_CODES.failure);
}

/** Starts the server of an example; resolves when it responds. */
async function startExample(folder: string, origin: string, env: Record<string, string>): Promise<void> {
  void runExample(folder, { ...env, PORT: new URL(origin).port });
  for (;;) {
    if (await fetch(origin).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

if (!Number.isInteger(firstPort) || firstPort < 1 || firstPort > 65_532)
  fail('DEMO_PORT is not a port below 65533, the first of four.', EXIT_CODES.configuration);
const read = await readSources(process.env, {
  cwd: process.cwd(),
  fallbacks: {
    AUTH0_API_AUDIENCES: 'urn:organizer',
    ROUTES_FILE: path.join(EXAMPLES, 'organizer/routes.yaml'),
    ORGANIZER_URL: organizer,
  },
});
for (const { message } of read.warnings) process.stderr.write(`warning: ${message}\n`);
if (!read.ok) fail(toFaultLines(read.faults).join('\n'), EXIT_CODES.configuration);
const { tenant } = read.config.auth0;
if (tenant.kind !== 'embedded')
  fail('The demo runs with the embedded tenant: unset AUTH0_DOMAIN.', EXIT_CODES.configuration);

const { publicUrl, issuer } = await run(read, () => '');
const prepared = await prepareTenant(issuer, read.config.auth0.connection, applications);
const isInMemory = tenant.dataFile === ':memory:';
const shared = { ISSUER: issuer, NODE_EXTRA_CA_CERTS: prepared.caFile };
await Promise.all([
  startExample('organizer', organizer, {
    ...shared,
    DATABASE: isInMemory ? ':memory:' : path.join(path.dirname(tenant.dataFile), 'organizer.db'),
  }),
  ...applications.map(({ folder, origin }) =>
    startExample(folder, origin, { ...shared, ...prepared.credentials[folder], API_URL: publicUrl }),
  ),
]);
await addSampleData(publicUrl);
process.stderr.write(toDemoText(publicUrl, prepared.tenantOrigin, applications));
