import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../../packages/tenant/test/support/browser.ts';
import { challenge } from '../../packages/tenant/test/support/sign-in-flow.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { type ConnectedTenant, connectTenant } from '../../src/embedded/connect-tenant.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createLogOutput } from '../../src/observe/logger.ts';
import { makeFolder } from '../support/folder.ts';

let folder: string;
let tenant: ConnectedTenant;

beforeAll(async () => {
  folder = makeFolder();
  const env = { TENANT_PORT: '0', TENANT_DATA: ':memory:', ALLOWED_ORIGINS: 'https://app.example' };
  const read = readConfig(env, { cwd: folder });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { log } = createLogOutput('fatal', { write: () => undefined });
  tenant = await connectTenant(read.config, createTravelClock(), log);
});
afterAll(async () => {
  await tenant.close();
});

/** The allowed form targets of a client's sign-in page. */
async function actionsOf(client_id: string): Promise<string[] | undefined> {
  const asked = { client_id, response_type: 'code', audience: 'urn:organizer', ...challenge };
  const query = new URLSearchParams(asked).toString();
  const page = await createBrowser().open(`${tenant.link.baseUrl}/authorize?${query}`);
  return /form-action ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1]?.split(' ');
}

it('a sign-in to the gateway may redirect to the gateway’s allowed origins, one to another client may not', async () => {
  const own = ["'self'", 'http://localhost:3000', 'https://app.example', 'http://localhost:*'];
  expect(await actionsOf('gatehouse')).toEqual(own);
  expect(await actionsOf('tpc_text-app')).toEqual(["'self'", 'http://localhost:4503']);
});
