import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManagementClient, ManagementError } from 'auth0';
import { DEMO_PASSWORD, SAMPLES } from './samples.ts';

/** A third-party application of the demo. */
export interface DemoApplication {
  /** Below `examples/`; the client is named after it. */
  readonly folder: string;
  readonly name: string;
  readonly asks: string;
  readonly origin: string;
}

export interface PreparedTenant {
  /** `http://localhost:<port>`, for browsers. */
  readonly tenantOrigin: string;
  /** The file of the authority of the tenant's certificate. */
  readonly caFile: string;
  /** The variables of each application, by its folder. */
  readonly credentials: Readonly<
    Record<string, { readonly CLIENT_ID: string; readonly CLIENT_SECRET: string }>
  >;
}

interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

async function read(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** Writes the authority to a folder that is removed when the demo ends. */
function writeAuthority(caPem: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'tenant-ca.pem');
  writeFileSync(file, caPem);
  return file;
}

/**
 * Adds the users of the demo and the callbacks of the applications to the embedded tenant, by its Management API. Existing
 * data is not changed.
 */
export async function prepareTenant(
  issuer: string,
  connection: string,
  applications: readonly DemoApplication[],
): Promise<PreparedTenant> {
  const { host } = new URL(issuer);
  const tenantOrigin = `http://${host}`;
  const readCredentials = async (client: string) =>
    (await (await read(`${tenantOrigin}/_tenant/credentials/${client}`)).json()) as Credentials;
  const machine = await readCredentials('gatehouse-management');
  const management = new ManagementClient({
    domain: host,
    clientId: machine.client_id,
    clientSecret: machine.client_secret,
    telemetry: false,
  });

  async function addUser(email: string): Promise<void> {
    try {
      await management.users.create({ connection, email, password: DEMO_PASSWORD, email_verified: true });
    } catch (error) {
      const isThere = error instanceof ManagementError && error.statusCode === 409;
      if (!isThere) throw error;
    }
  }

  async function prepareClient({ folder, origin }: DemoApplication) {
    const { client_id: id, client_secret: secret } = await readCredentials(folder);
    const callback = `${origin}/callback`;
    const { callbacks = [] } = await management.clients.get(id);
    if (!callbacks.includes(callback))
      await management.clients.update(id, { callbacks: [...callbacks, callback] });
    return [folder, { CLIENT_ID: id, CLIENT_SECRET: secret }] as const;
  }

  await Promise.all(Object.keys(SAMPLES).map(addUser));
  return {
    tenantOrigin,
    caFile: writeAuthority(await (await read(`${tenantOrigin}/console/tenant-ca.pem`)).text()),
    credentials: Object.fromEntries(await Promise.all(applications.map(prepareClient))),
  };
}
