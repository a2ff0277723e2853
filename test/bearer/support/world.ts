import { type KeyServer, startKeyServer } from './key-server.ts';
import { issuer, type TestKey } from './signer.ts';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.ts';

/** A key server, and the guard in front of `/open` (without a scope) and the rows of a test. */
export interface World {
  readonly tenant: KeyServer;
  readonly app: TestApp;
  /** The URL of the row that accepts any valid token. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startWorld(
  keys: readonly (TestKey | Record<string, unknown>)[],
  options: Partial<TestAppOptions> = {},
): Promise<World> {
  const tenant = await startKeyServer(
    issuer,
    keys.map((key) => ('jwk' in key ? key.jwk : key)),
  );
  const rows = { '/open': { rule: {} }, ...options.rows };
  const app = await startTestApp({ baseUrl: tenant.url, ...options, rows });
  return {
    tenant,
    app,
    url: `${app.url}/open`,
    async close() {
      await app.close();
      await tenant.close();
    },
  };
}
