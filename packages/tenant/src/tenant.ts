import { dirname } from 'node:path';
import { type ClientUrls, changeClientUrls } from './clients/client-urls.ts';
import { type ClientCredentials, findClient, toCredentials } from './clients/credentials.ts';
import type { TenantContext } from './context.ts';
import { readKeyRing } from './keys/key-ring.ts';
import type { MakeSigningKey } from './keys/make-signing-key.ts';
import { createTravelClock, systemClock, type TravelClock } from './lib/clock.ts';
import { createPasswords, type PasswordCost } from './passwords/passwords.ts';
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
  /** The tenant's time, which `/_tenant/clock` moves: one of its own, unless the program shares its clock. */
  readonly clock?: TravelClock;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A SQLite file, made if need be, with the certificates beside it; or `:memory:`. */
  readonly dataFile: string;
  /** What an empty tenant begins with, in place of the package's own clients, API and user. */
  readonly builtInSeed?: BuiltInSeed;
  /** TENANT_SEED: a file that adds to the built-in seed and may override its entries. */
  readonly seedFile?: string;
  /** The command line by which people work on this tenant's data, for advice: `gatehouse tenant`. */
  readonly command?: string;
  /** Answer to other names than loopback's. */
  readonly allowRemote?: boolean;
  /**
   * Where clients send browsers on to after a sign-in, by client id, besides the origins that their settings name:
   * origins, or `http://localhost:*` for any port.
   */
  readonly onwardOrigins?: Readonly<Record<string, readonly string[]>>;
  readonly warn: (message: string) => void;
  /** By which it calls the servers of its clients; the platform's own where absent. */
  readonly fetchClients?: typeof fetch;
  /** What a password hash costs; the minimum that OWASP recommends where absent. For tests that need many sign-ins. */
  readonly passwordCost?: PasswordCost;
  /** The certificates of its port; those beside the data file, or new ones, where absent. */
  readonly certificates?: Certificates;
  /** Makes the keys that sign tokens; new RSA keys of 2048 bits where absent. */
  readonly makeSigningKey?: MakeSigningKey;
}

export interface Tenant {
  /** `localhost:<port>` */
  readonly domain: string;
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, for browsers. */
  readonly origin: string;
  /** The authority behind its certificate, for those who call it by https. */
  readonly caPem: string;
  /** Where that authority lies on this machine; undefined where the data are kept in memory. */
  readonly caFile: string | undefined;
  /** What a program needs to be a client, by its id or name; undefined where there is none. */
  credentials(name: string): ClientCredentials | undefined;
  /** Changes the URLs that a client has registered; nothing where there is no such client. */
  changeClientUrls(clientId: string, change: (urls: ClientUrls) => ClientUrls): void;
  close(): Promise<void>;
}

/** A tenant with its inside, which programs that use the package do not see. */
export interface OpenTenant extends Tenant {
  readonly context: TenantContext;
}

const sweepEveryMs = 10 * 60 * 1000;

/** Starts the embedded tenant. Throws `SeedError` where the seed file is wrong, and what listening throws. */
export async function startTenant(options: TenantOptions): Promise<OpenTenant> {
  const { dataFile, certificates: given, clock = createTravelClock() } = options;
  const directory = given || dataFile === ':memory:' ? undefined : dirname(dataFile);
  const state = openState(dataFile);
  let transport: Transport | undefined;
  try {
    // By the machine's clock: peers judge certificates by theirs, which does not travel.
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
    // Only now, because it takes longest to load: whoever asks meanwhile waits, and is not turned away.
    const { createApp } = await import('./app.ts');
    const { caPem } = certificates;
    const caFile = directory === undefined ? undefined : authorityFile(directory);
    const { port } = transport;
    const about = { clock, port, allowRemote, caPem, caFile, dataFile, builtInSeed, seedFile, command, warn };
    transport.serve(createApp(context, about));
    return toTenant(context, transport, { caPem, caFile }, warn);
  } catch (error) {
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
    onwardOrigins = {},
    passwordCost,
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
    callBack: createCallBack({ fetch: fetchClients, warn }),
    onwardOrigins: new Map(Object.entries(onwardOrigins)),
    domain,
    issuer: `https://${domain}/`,
    origin: `http://${domain}`,
  };
}

/** The handle of a tenant that answers; expired documents are swept as long as it lives. */
function toTenant(
  context: TenantContext,
  transport: Transport,
  authority: Pick<Tenant, 'caPem' | 'caFile'>,
  warn: TenantOptions['warn'],
): OpenTenant {
  const { state, clock } = context;
  const sweep = (): void => {
    try {
      state.sweep(clock.now());
    } catch (error) {
      warn(`the tenant could not sweep its store: ${error instanceof Error ? error.message : ''}`);
    }
  };
  sweep();
  const sweeper = setInterval(sweep, sweepEveryMs).unref();
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
      await transport.close();
      context.callBack.close();
      context.log.close();
      state.close();
    },
  };
}
