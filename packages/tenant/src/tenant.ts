import { dirname } from 'node:path';
import type { TravelClock } from '../../../src/lib/clock.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createCallBack } from './call-back.ts';
import { authorityFile, readCertificates } from './certificates.ts';
import type { Certificates } from './certificates-issue.ts';
import { type ClientCredentials, findClient, toCredentials } from './clients/credentials.ts';
import { followGateway } from './clients/follow-gateway.ts';
import type { TenantContext } from './context.ts';
import { createInbox } from './inbox.ts';
import { readKeyRing } from './keys/key-ring.ts';
import type { MakeSigningKey } from './keys/make-signing-key.ts';
import { createLog } from './log.ts';
import { ensureSeeded } from './seed/ensure-seeded.ts';
import { openState } from './state/open-state.ts';
import type { State } from './state/state.ts';
import { listenTransport, type Transport } from './transport/listen-transport.ts';
import { createPasswords, type PasswordCost } from './users/passwords.ts';

export interface TenantOptions {
  /** The tenant's time, which `/_tenant/clock` moves; share it with the gateway to travel together. */
  readonly clock: TravelClock;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A SQLite file, made if need be, with the certificates beside it; or `:memory:`. */
  readonly dataFile: string;
  /** TENANT_SEED: what an empty tenant begins with, besides the built-in seed. */
  readonly seedFile?: string;
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
  /** What a program needs to be a client, by its id or name; undefined where there is none. */
  credentials(name: string): ClientCredentials | undefined;
  /** Registers the URLs of the gateway that this tenant runs for with the gateway's client. */
  followGateway(clientId: string, publicUrl: string): void;
  /** Its inside, for tests and for the console. */
  readonly context: TenantContext;
  close(): Promise<void>;
}

const sweepEveryMs = 10 * 60 * 1000;

/** Starts the embedded tenant. Throws `SeedError` where the seed file is wrong, and what listening throws. */
export async function startTenant(options: TenantOptions): Promise<Tenant> {
  const { dataFile, certificates: given } = options;
  const directory = given || dataFile === ':memory:' ? undefined : dirname(dataFile);
  const state = openState(dataFile);
  let transport: Transport | undefined;
  try {
    // By the machine's clock: peers judge certificates by theirs, which does not travel.
    const [certificates, keys] = await Promise.all([
      given ?? readCertificates({ directory, clock: systemClock }),
      readKeyRing(state, options.clock, options.makeSigningKey),
    ]);
    transport = await listenTransport({
      host: options.host,
      port: options.port,
      tls: { key: certificates.keyPem, cert: certificates.certPem },
    });
    const context = createContext(options, state, keys, transport.port);
    const managementIdentifier = `${context.issuer}api/v2/`;
    const { warn, clock, seedFile } = options;
    const hashPassword = context.passwords.hash;
    await ensureSeeded({ state, clock, hashPassword, managementIdentifier, warn }, seedFile);
    // Only now, because it takes longest to load: whoever asks meanwhile waits, and is not turned away.
    const { createListener } = await import('./create-listener.ts');
    const { allowRemote = false } = options;
    const { caPem } = certificates;
    const caFile = directory === undefined ? undefined : authorityFile(directory);
    const { port } = transport;
    const about = { clock, port, allowRemote, caPem, caFile, dataFile, seedFile, warn };
    transport.serve(createListener(context, about));
    return toTenant(options, context, transport, certificates.caPem);
  } catch (error) {
    await transport?.close();
    state.close();
    throw error;
  }
}

function createContext(
  { clock, warn, fetchClients = fetch, onwardOrigins = {}, passwordCost }: TenantOptions,
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
  options: TenantOptions,
  context: TenantContext,
  transport: Transport,
  caPem: string,
): Tenant {
  const { clock, warn } = options;
  const { state } = context;
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
    caPem,
    context,
    credentials(name) {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    followGateway: (clientId, publicUrl) => followGateway(state, clientId, publicUrl),
    async close() {
      clearInterval(sweeper);
      await transport.close();
      context.callBack.close();
      context.log.close();
      state.close();
    },
  };
}
