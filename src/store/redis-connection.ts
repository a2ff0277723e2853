import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import { createOutageReport, type OutageReport, type StoreEvent } from './redis-events.ts';
import { watchReplies } from './redis-reply-watch.ts';
import { COMBINED_COMMANDS } from './redis-script.ts';
import { StoreFileError } from './store-file-error.ts';

interface Server {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** Addresses and credentials of a Redis or Valkey server, of sentinels that know the primary, or of nodes of a cluster. */
export type RedisLocation = Access &
  (
    | (Server & { readonly kind: 'redis'; readonly database: number })
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly Server[];
        /** The sentinels' name of the primary. */
        readonly name: string;
        readonly database: number;
        readonly sentinelUsername: string | undefined;
        readonly sentinelPasswordFile: string | undefined;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly Server[] }
  );

/** A connection to one server at a time, or to all nodes of a cluster. */
export type RedisClient = Redis | Cluster;

const CONNECT_TIMEOUT_MS = 1_000;
/** Of the commands that look for the primary, or for the nodes of a cluster. */
const LOOKUP_TIMEOUT_MS = 700;
const MAX_RETRY_DELAY_MS = 1_000;
const SUCCESSOR_SEARCH_MS = 2_000;

/** A command waits so often, and each time so long, for a slot that moves or a node that is connecting. */
const MAX_REDIRECTIONS = 6;
const REDIRECTION_DELAY_MS = 50;
/** After so many attempts a node is given up; without any node the cluster is looked up by STORE_URL again. */
const MAX_NODE_ATTEMPTS = 5;

const toRetryDelayMs = (attempts: number): number => Math.min(50 * 2 ** attempts, MAX_RETRY_DELAY_MS);

/** The errors of a server that is no longer a primary, or has too few replicas. */
const IS_SUPERSEDED = /^(?:READONLY|NOREPLICAS)\b/;

/**
 * Reconnects, at most now and then, after a server was superseded: its name may resolve to the new primary, or the sentinels know
 * it. Reads still work meanwhile.
 */
function createSuccessorSearch(): (error: Error) => boolean {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!IS_SUPERSEDED.test(error.message) || performance.now() < lastMs + SUCCESSOR_SEARCH_MS) return false;
    lastMs = performance.now();
    return true;
  };
}

/** @throws StoreFileError if the file cannot be read */
function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new StoreFileError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Commands are not queued and not sent twice: they fail at once without a connection. Late replies: `watchReplies`. */
const toOptions = ({ username, password, tls }: Access) => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
  connectionName: 'gatehouse',
  connectTimeout: CONNECT_TIMEOUT_MS,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
});

function toPrimary(location: Exclude<RedisLocation, { kind: 'cluster' }>) {
  if (location.kind === 'redis') return { host: location.host, port: location.port };
  const { sentinels, name, tls, sentinelUsername, sentinelPasswordFile } = location;
  return {
    sentinels: [...sentinels],
    name,
    sentinelCommandTimeout: LOOKUP_TIMEOUT_MS,
    sentinelRetryStrategy: toRetryDelayMs,
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPasswordFile !== undefined && { sentinelPassword: readPassword(sentinelPasswordFile) }),
    ...(tls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
  };
}

const IS_WITHOUT_SENTINEL = /^All sentinels are unreachable/;

/** Resolves when the client is ready or its first attempt has failed. */
const settle = (client: RedisClient): Promise<void> =>
  new Promise((resolve) => {
    client.once('ready', () => resolve());
    client.once('close', () => resolve());
    // Unreachable sentinels are tried again, without a connection that could be closed.
    if (!client.isCluster)
      client.on('error', (error) => IS_WITHOUT_SENTINEL.test(error.message) && resolve());
  });

async function connectPrimary(
  location: Exclude<RedisLocation, { kind: 'cluster' }>,
  report: OutageReport,
): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis({
    ...toOptions(location),
    ...toPrimary(location),
    db: location.database,
    enableOfflineQueue: false,
    // Commands of one turn of the event loop are sent together, which takes half of the processor time.
    enableAutoPipelining: true,
    autoPipeliningIgnoredCommands: COMBINED_COMMANDS,
    retryStrategy: toRetryDelayMs,
    reconnectOnError: createSuccessorSearch(),
  });
  report.watch(redis);
  watchReplies(redis);
  redis.on('error', (error: Error) => {
    if (IS_WITHOUT_SENTINEL.test(error.message)) report.lost(redis, error.message);
  });
  await settle(redis);
  return redis;
}

async function connectCluster(
  location: Extract<RedisLocation, { kind: 'cluster' }>,
  report: OutageReport,
): Promise<Cluster> {
  const { Cluster } = await import('ioredis');
  const cluster = new Cluster([...location.nodes], {
    redisOptions: toOptions(location),
    enableOfflineQueue: false,
    clusterRetryStrategy: toRetryDelayMs,
    clusterNodeRetryStrategy: (attempts) => (attempts > MAX_NODE_ATTEMPTS ? null : toRetryDelayMs(attempts)),
    maxRedirections: MAX_REDIRECTIONS,
    // Only of commands that were not sent: those on a connection that ends fail by another error.
    retryDelayOnFailover: REDIRECTION_DELAY_MS,
    retryDelayOnClusterDown: REDIRECTION_DELAY_MS,
    retryDelayOnTryAgain: REDIRECTION_DELAY_MS,
    slotsRefreshTimeout: LOOKUP_TIMEOUT_MS,
    // Names are resolved by each connection, so that certificates are checked against names.
    dnsLookup: (address, callback) => callback(null, address),
  });
  report.watch(cluster);
  cluster.on('+node', (node: Redis) => {
    report.watch(node, `${node.options.host}:${node.options.port}`);
    watchReplies(node);
  });
  cluster.on('refresh', () => report.forgetAllBut([cluster, ...cluster.nodes()]));
  await settle(cluster);
  // Connects to them.
  await Promise.allSettled(cluster.nodes('master').map((node) => node.ping()));
  return cluster;
}

/**
 * Connects. Resolves when the server is ready or the first attempt has failed, and keeps reconnecting.
 * @throws StoreFileError where the file with the password of the sentinels cannot be read
 */
export function connectRedis(
  location: RedisLocation,
  onEvent: (event: StoreEvent) => void,
): Promise<RedisClient> {
  // The library is loaded only with a Redis store.
  const report = createOutageReport(onEvent);
  return location.kind === 'cluster' ? connectCluster(location, report) : connectPrimary(location, report);
}
