import { dirname } from 'node:path';
import { createActionHost } from './action-runtime/create-action-host.ts';
import { type ClientUrls, changeClientUrls } from './clients/client-urls.ts';
import { type ClientCredentials, findClient, toCredentials } from './clients/credentials.ts';
import type { TenantContext } from './context.ts';
import { readKeyRing } from './keys/key-ring.ts';
import { createTravelClock, systemClock } from './lib/clock.ts';
import { randomToken } from './lib/random.ts';
import { createPasswords } from './passwords/passwords.ts';
import { type ActionFolder, openActionFolder } from './seed/action-folder.ts';
import { ensureSeeded } from './seed/ensure-seeded.ts';
import { createInbox } from './state/inbox.ts';
import { createLog } from './state/log.ts';
import { openState } from './state/open-state.ts';
import type { State } from './state/state.ts';
import type { TenantOptions } from './tenant-options.ts';
import { createCallBack } from './transport/call-back.ts';
import { authorityFile, readCertificates } from './transport/certificates.ts';
import { createFetchDocument } from './transport/fetch-document.ts';
import { listenTransport, type Transport } from './transport/listen-transport.ts';

/** A running tenant with its internals, which the package does not export. */
export interface OpenTenant {
  /** `localhost:<port>` */
  readonly domain: string;
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, for browsers. */
  readonly origin: string;
  readonly port: number;
  /** The CA certificate of its certificate, for https clients. */
  readonly caPem: string;
  /** The path of the CA file; undefined if the data is kept in memory. */
  readonly caFile: string | undefined;
  /** The token that callers outside loopback need for the control API and the console; undefined: they are refused. */
  readonly controlToken: string | undefined;
  /** The credentials of a client, by its id or name; undefined if there is none. */
  credentials(name: string): ClientCredentials | undefined;
  /** Changes the registered URLs of a client; does nothing if the client does not exist. */
  changeClientUrls(clientId: string, change: (urls: ClientUrls) => ClientUrls): void;
  close(): Promise<void>;
  readonly context: TenantContext;
}

const SWEEP_EVERY_MS = 10 * 60 * 1000;
/** A lower-case host name (RFC 1123 §2.1). */
const DOMAIN_PATTERN = /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/;

/** Starts the tenant. Throws `SeedError` for an invalid seed, and the errors of listening. */
export async function startTenant(given: TenantOptions = {}): Promise<OpenTenant> {
  const options = withDefaults(given);
  const { dataFile, clock, domain, warn } = options;
  const directory = given.certificates || dataFile === ':memory:' ? undefined : dirname(dataFile);
  const state = openState(dataFile);
  let transport: Transport | undefined;
  let folder: ActionFolder | undefined;
  try {
    // Certificates use the machine's clock: clients check them by their own clocks, which `/_tenant/clock` does not
    // move.
    const [certificates, keys] = await Promise.all([
      given.certificates ?? readCertificates({ directory, domain, clock: systemClock }),
      readKeyRing(state, clock, options.makeSigningKey),
    ]);
    transport = await listenTransport({
      host: options.host,
      port: options.port,
      tls: { key: certificates.keyPem, cert: certificates.certPem },
    });
    const { port } = transport;
    const context = createContext(options, state, keys, port);
    const managementIdentifier = `${context.issuer}api/v2/`;
    const { builtInSeed, seed, command, controlToken } = options;
    const hashPassword = context.passwords.hash;
    const seeding = { state, clock, hashPassword, managementIdentifier, builtInSeed, warn, command };
    await ensureSeeded(seeding, seed);
    folder = await openActionFolder({ state, clock, actions: context.actions, warn }, seed);
    // Loaded last because it takes longest. Requests that arrive meanwhile wait.
    const { createApp } = await import('./app.ts');
    const { caPem } = certificates;
    const caFile = directory === undefined ? undefined : authorityFile(directory);
    const access = { port, domain, controlToken };
    const about = {
      clock,
      access,
      caPem,
      caFile,
      dataFile,
      builtInSeed,
      seedSource: seed,
      command,
      warn,
      deployActions: () => folder?.deploy(),
    };
    transport.serve(createApp(context, about));
    return toTenant(context, transport, { port, caPem, caFile, controlToken }, { warn, folder });
  } catch (error) {
    folder?.close();
    await transport?.close();
    state.close();
    throw error;
  }
}

/** Throws `TypeError` for a domain that is not a host name. */
function withDefaults({
  host = '127.0.0.1',
  port = 0,
  domain = 'localhost',
  scheme = 'https',
  dataFile = ':memory:',
  clock = createTravelClock(),
  warn = (message) => void process.stderr.write(`warning: ${message}\n`),
  allowRemote = false,
  controlToken = randomToken(),
  signInAs = true,
  ...more
}: TenantOptions) {
  if (!DOMAIN_PATTERN.test(domain))
    throw new TypeError(
      `invalid domain ${JSON.stringify(domain)}: pass a host name in lower case, without scheme and port`,
    );
  return {
    ...more,
    host,
    port,
    domain,
    scheme,
    dataFile,
    clock,
    warn,
    allowRemote,
    controlToken: allowRemote ? controlToken : undefined,
    signInAs: signInAs && !allowRemote,
  };
}

function createContext(
  options: ReturnType<typeof withDefaults>,
  state: State,
  keys: TenantContext['keys'],
  port: number,
): TenantContext {
  const { clock, warn, scheme, allowRemote, signInAs, passwordCost } = options;
  const { fetchClients = fetch, redirectOrigins = {} } = options;
  // The serialization of an origin leaves out its scheme's default port.
  const { host: domain } = new URL(`${scheme}://${options.domain}:${port}`);
  return {
    state,
    clock,
    keys,
    passwords: createPasswords(passwordCost),
    log: createLog(state, clock, domain, warn),
    inbox: createInbox(state, clock),
    actions: createActionHost({
      folder: process.cwd(),
      warn,
      allowRemote,
      timeLimitMs: options.actionTimeLimitMs,
    }),
    callBack: createCallBack({ fetch: fetchClients, warn }),
    fetchDocument: createFetchDocument({ allowsLoopback: !allowRemote }),
    redirectOrigins: new Map(Object.entries(redirectOrigins)),
    signInAs,
    linksToConsole: !allowRemote,
    domain,
    issuer: `${scheme}://${domain}/`,
    origin: new URL(`http://${options.domain}:${port}`).origin,
  };
}

/** The handle of a running tenant. It deletes expired documents at intervals until it is closed. */
function toTenant(
  context: TenantContext,
  transport: Transport,
  address: Pick<OpenTenant, 'port' | 'caPem' | 'caFile' | 'controlToken'>,
  { warn, folder }: { readonly warn: (message: string) => void; readonly folder: ActionFolder | undefined },
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
    ...address,
    context,
    credentials(name) {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    changeClientUrls: (clientId, change) => changeClientUrls(state, clientId, change),
    async close() {
      clearInterval(sweeper);
      folder?.close();
      // Closed first, so that no request waits for an Action.
      context.actions.close();
      await transport.close();
      context.callBack.close();
      context.log.close();
      state.close();
    },
  };
}
