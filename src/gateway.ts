import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, mountApp } from './app.ts';
import type { Config } from './config/config.ts';
import { createDeps, type DepsInput } from './deps.ts';
import { createDrain } from './http/drain.ts';
import { createRequestIds } from './http/request-id.ts';
import { createHttpServer } from './http/server.ts';
import { createAdminServer } from './observe/admin-server.ts';
import type { RoutesFileRow } from './resources/routes-file/routes-file-schema.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';

export interface Gateway {
  /** The public origin. */
  readonly publicUrl: string;
  readonly port: number;
  readonly adminPort: number;
  /** Settles after the first read of the tenant's keys; rejects if the tenant has another issuer. */
  readonly ready: Promise<void>;
  /**
   * Replaces the rows of the routes file. No request is dropped; open streams of removed or changed rows end within a second.
   * @throws Error where the rows cannot be served; nothing has changed then
   */
  readonly replaceRoutes: (rows: readonly RoutesFileRow[]) => void;
  /** Stops without dropping a request. */
  readonly drain: () => Promise<void>;
}

export type GatewayInput = Omit<DepsInput, 'publicUrl' | 'toRequestId' | 'store'>;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** With PORT=0 the public URL has the actual port. */
const toPublicUrl = ({ publicUrl }: Config, port: number): string => publicUrl.replace(/:0$/, `:${port}`);

/**
 * Starts the gateway. It listens at once and is ready when the tenant's keys are loaded. Throws if a port or the store's
 * file is not available.
 */
export async function startGateway(input: GatewayInput): Promise<Gateway> {
  const { config, output } = input;
  const store = await openStore(config.store, input.clock, (event) => {
    if (event.type === 'lost') output.log.error({ reason: event.reason }, 'store connection lost');
    else if (event.type === 'restored') output.log.info('store connection restored');
    else
      output.log.warn(
        { policy: event.policy },
        'STORE_URL: a maxmemory-policy other than noeviction drops sessions, limits and the deny list when memory is short',
      );
  });
  try {
    return await startWithStore(input, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startWithStore(input: GatewayInput, store: Store): Promise<Gateway> {
  const { config, output } = input;
  const app = createApp();
  const toRequestId = createRequestIds();
  let publicUrl = config.publicUrl;
  const server = createHttpServer(app, {
    toPublicUrl: () => publicUrl,
    toRequestId,
    onMalformed: (code, requestId, ip) =>
      output.plain.info({ request_id: requestId, ip, code }, 'malformed request'),
  });
  const drainConnections = createDrain(server);
  const port = await listen(server, config.port, config.host);
  // With port 0 the listening socket has the port. No request is read before the rows are ready: all of this is
  // one turn of the event loop.
  publicUrl = toPublicUrl(config, port);
  const deps = createDeps({ ...input, store, publicUrl, toRequestId });
  const { replaceResources } = mountApp(app, deps.app);
  const admin = createAdminServer(deps.metrics.registry);
  const adminPort = await listen(admin, config.admin.port, config.admin.host);
  const drain = async () => {
    deps.lifecycle.isDraining = true;
    deps.endStreams();
    await drainConnections({ delayMs: config.drainDelayMs, isIdle: () => deps.inFlight.count === 0 });
    admin.close();
    admin.closeAllConnections();
    await deps.close();
    output.flush();
  };
  return {
    publicUrl,
    port,
    adminPort,
    ready: deps.keySet.start(),
    replaceRoutes: (rows) => deps.replaceRoutes(rows, replaceResources),
    drain,
  };
}
