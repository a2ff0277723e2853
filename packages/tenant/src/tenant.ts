import { dirname } from 'node:path';
import { createActionHost } from './action-runtime/create-action-host.ts';
import { type ClientUrls, changeClientUrls } from './clients/client-urls.ts';
import { type ClientCredentials, findClient, toCredentials } from './clients/credentials.ts';
import type { TenantContext } from './context.ts';
import { readKeyRing } from './keys/key-ring.ts';
import type { MakeSigningKey } from './keys/make-signing-key.ts';
import { createTravelClock, systemClock, type TravelClock } from './lib/clock.ts';
import { createPasswords, type PasswordCost } from './passwords/passwords.ts';
import { type ActionFolder, openActionFolder } from './seed/action-folder.ts';
import type { BuiltInSeed } from './seed/built-in.ts';
import { ensureSeeded } from './seed/ensure-seeded.ts';
import { createInbox } from './state/inbox.ts';
import { createLog } from './state/log.ts';
import { openState } from './state/open-state.ts';
import type { State } from './state/state.ts';
import { createCallBack } from './transport/call-back.ts';
import { authorityFile, readCertificates } from './transport/certificates.ts';
import type { Certificates } from './transport/issue-certificates.ts';
import { listenTransport, type Transport } from './transport/listen-transport.ts';

export interface TenantOptions {
  /** The tenant's time, which `/_tenant/clock` moves. Default: a new clock; pass one to share it with the program. */
  readonly clock?: TravelClock;
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** A SQLite file, created if necessary, with the certificates in the same directory; or `:memory:`. */
  readonly dataFile: string;
  /** Replaces the package's own clients, API and user as the seed of an empty tenant. */
  readonly builtInSeed?: BuiltInSeed;
  /** A seed file that adds to the built-in seed and can override its entries. */
  readonly seedFile?: string;
  /** The host program's command for the tenant's data, used in messages, such as `gatehouse tenant`. */
  readonly command?: string;
  /** Accept Host names other than loopback. */
  readonly allowRemote?: boolean;
  /**
   * Further origins that clients redirect browsers to after a sign-in, by client id, in addition to those of their
   * settings: origins, or `http://localhost:*` for any port.
   */
  readonly redirectOrigins?: Readonly<Record<string, readonly string[]>>;
  readonly warn: (message: string) => void;
  /** Used for requests to the clients' servers. Default: the global `fetch`. */
  readonly fetchClients?: typeof fetch;
  /** The cost of a password hash. Default: OWASP's minimum. Tests with many sign-ins can lower it. */
  readonly passwordCost?: PasswordCost;
  /** The certificates of the port. Default: those beside the data file, or new ones. */
  readonly certificates?: Certificates;
  /** The time that all Actions of a trigger may take, in milliseconds. Default: 20,000, as on Auth0. */
  readonly actionTimeLimitMs?: number;
  /** Creates token signing keys. Default: new RSA keys of 2048 bits. */
  readonly makeSigningKey?: MakeSigningKey;
}

export interface Tenant {
  /** `localhost:<port>` */
  readonly domain: string;
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, for browsers. */
  readonly origin: string;
  /** The CA certificate of its certificate, for https clients. */
  readonly caPem: string;
  /** The path of the CA file; undefined if the data is kept in memory. */
  readonly caFile: string | undefined;
  /** The credentials of a client, by its id or name; undefined if there is none. */
  credentials(name: string): ClientCredentials | undefined;
  /** Changes the registered URLs of a client; does nothing if the client does not exist. */
  changeClientUrls(clientId: string, change: (urls: ClientUrls) => ClientUrls): void;
  close(): Promise<void>;
}

/** A tenant with its internals, which the package does not export. */
export interface OpenTenant extends Tenant {
  readonly context: TenantContext;
}

const SWEEP_EVERY_MS = 10 * 60 * 1000;

/** Starts the tenant. Throws `SeedError` for an invalid seed file, and the errors of listening. */
export async function startTenant(options: TenantOptions): Promise<OpenTenant> {
  const { dataFile, certificates: given, clock = createTravelClock() } = options;
  const directory = given || dataFile === ':memory:' ? undefined : dirname(dataFile);
  const state = openState(dataFile);
  let transport: Transport | undefined;
  let folder: ActionFolder | undefined;
  try {
    // Certificates use the machine's clock: clients check them by their own clocks, which `/_tenant/clock` does not
    // move.
    const [certificates, keys] = await Promise.all([
      given ?? readCertificates({ directory, clock: systemClock }),
      readKeyRing(state, clock, options.makeSigningKey),
    ]);
    transport = await listenTransport({
      host: options.host,
      port: options.port,
      tls: { key: certificates.keyPem, cert: certificates.certPem },
    });
    const context = createContext({ ...options, clock }, state, keys, transport.port);
    const managementIdentifier = `${context.issuer}api/v2/`;
    const { warn, builtInSeed, seedFile, command, allowRemote = false } = options;
    const hashPassword = context.passwords.hash;
    const seeding = { state, clock, hashPassword, managementIdentifier, builtInSeed, warn, command };
    await ensureSeeded(seeding, seedFile);
    folder = await openActionFolder({ state, clock, actions: context.actions, warn }, seedFile);
    // Loaded last because it takes longest. Requests that arrive meanwhile wait.
    const { createApp } = await import('./app.ts');
    const { caPem } = certificates;
    const caFile = directory === undefined ? undefined : authorityFile(directory);
    const { port } = transport;
    const about = {
      clock,
      port,
      allowRemote,
      caPem,
      caFile,
      dataFile,
      builtInSeed,
      seedFile,
      command,
      warn,
      deployActions: () => folder?.deploy(),
    };
    transport.serve(createApp(context, about));
    return toTenant(context, transport, { caPem, caFile }, { warn, folder });
  } catch (error) {
    folder?.close();
    await transport?.close();
    state.close();
    throw error;
  }
}

function createContext(
  {
    clock,
    warn,
    fetchClients = fetch,
    redirectOrigins = {},
    passwordCost,
    allowRemote = false,
    actionTimeLimitMs: timeLimitMs,
  }: TenantOptions & { readonly clock: TravelClock },
  state: State,
  keys: TenantContext['keys'],
  port: number,
): TenantContext {
  const domain = `localhost:${port}`;
  return {
    state,
    clock,
    keys,
    passwords: createPasswords(passwordCost),
    log: createLog(state, clock, domain, warn),
    inbox: createInbox(state, clock),
    actions: createActionHost({ folder: process.cwd(), warn, allowRemote, timeLimitMs }),
    callBack: createCallBack({ fetch: fetchClients, warn }),
    redirectOrigins: new Map(Object.entries(redirectOrigins)),
    domain,
    issuer: `https://${domain}/`,
    origin: `http://${domain}`,
  };
}

/** The handle of a running tenant. It deletes expired documents at intervals until it is closed. */
function toTenant(
  context: TenantContext,
  transport: Transport,
  authority: Pick<Tenant, 'caPem' | 'caFile'>,
  { warn, folder }: Pick<TenantOptions, 'warn'> & { readonly folder: ActionFolder | undefined },
): OpenTenant {
  const { state, clock } = context;
  const sweep = (): void => {
    try {
      state.sweep(clock.now());
    } catch (error) {
      warn(`deleting expired documents failed: ${error instanceof Error ? error.message : ''}`);
    }
  };
  sweep();
  const sweeper = setInterval(sweep, SWEEP_EVERY_MS).unref();
  return {
    domain: context.domain,
    issuer: context.issuer,
    origin: context.origin,
    ...authority,
    context,
    credentials(name) {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    changeClientUrls: (clientId, change) => changeClientUrls(state, clientId, change),
    async close() {
      clearInterval(sweeper);
      folder?.close();
      // First, so that requests do not wait for an Action.
      context.actions.close();
      await transport.close();
      context.callBack.close();
      context.log.close();
      state.close();
    },
  };
}
