import { toBareHost } from '../lib/address.ts';
import { host, path, valueOf } from './value-schemas.ts';

/** A server by host and port. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

interface RedisCredentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** The store of sessions and limits. Paths of files are as given. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | (RedisCredentials & ServerAddress & { readonly kind: 'redis'; readonly database: number })
  | (RedisCredentials & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly ServerAddress[];
      /** Of the primary, as the sentinels know it. */
      readonly name: string;
      readonly database: number;
      readonly sentinelUsername: string | undefined;
      readonly sentinelPasswordFile: string | undefined;
    })
  | (RedisCredentials & { readonly kind: 'cluster'; readonly nodes: readonly ServerAddress[] });

const FORMS =
  'sqlite:<path>, sqlite::memory:, redis[s]://[<user>:<password>@]<host>[:<port>][/<database number>], redis+sentinel://[<user>:<password>@]<host>[:<port>],…/<name>[?db=<number>&tls=true&sentinel_user=<user>&sentinel_password_file=<path>], or redis+cluster://[<user>:<password>@]<host>[:<port>],…[?tls=true], percent-encoded';

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const MAX_SERVERS = 50;

/** What is wrong with a URL, as the form that is wanted. */
class Unfit extends Error {}

const refuse = (wanted: string): never => {
  throw new Unfit(wanted);
};

function decode(text: string, what: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    return refuse(`${what} in percent-encoding, such as %40 for @`);
  }
}

/** The parts of a URL that may name several hosts, which the URL standard does not know. */
const PARTS =
  /^(?<scheme>redis|rediss|redis\+sentinel|redis\+cluster):\/\/(?:(?<user>[^@:/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

function parseServer(text: string, defaultPort: number): ServerAddress {
  // Scheme and path only make it a URL.
  const url = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : undefined;
  const name = toBareHost(url?.hostname ?? '');
  if (!url || url.port === '0' || !host.safeParse(name).success)
    return refuse('hosts by name or address, each with a port from 1 to 65535 or none');
  return { host: name, port: Number(url.port || defaultPort) };
}

function parseServers(text: string, defaultPort: number): ServerAddress[] {
  const servers = text.split(',').map((each) => parseServer(each, defaultPort));
  return servers.length <= MAX_SERVERS ? servers : refuse(`at most ${MAX_SERVERS} hosts`);
}

/** The parameters of a query, each at most once. */
function parseQuery(query: string, known: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!known.includes(name) || found.has(name))
      refuse(known.length === 0 ? 'no query' : `a query of ${known.join(', ')}, each at most once`);
    found.set(name, value);
  }
  return found;
}

function parseDatabase(text: string, where: string): number {
  return /^\d{0,4}$/.test(text) ? Number(text) : refuse(`${where} that is the number of a database`);
}

function parseTls(text = 'false'): boolean {
  return text === 'true' || text === 'false' ? text === 'true' : refuse('tls=true or tls=false');
}

function parseSentinel(
  hosts: string,
  { name, query }: { readonly name: string; readonly query: string },
  { username, password }: Omit<RedisCredentials, 'tls'>,
): StoreLocation {
  if (!/^[\w.-]+$/.test(name))
    refuse(
      'the name of the primary after the hosts, as the sentinels know it: redis+sentinel://<hosts>/<name>',
    );
  const given = parseQuery(query, ['db', 'tls', 'sentinel_user', 'sentinel_password_file']);
  const sentinelPasswordFile = given.get('sentinel_password_file');
  if (
    sentinelPasswordFile !== undefined &&
    (sentinelPasswordFile === '' || !path.safeParse(sentinelPasswordFile).success)
  )
    refuse('sentinel_password_file=<path>');
  if (given.has('sentinel_user') && sentinelPasswordFile === undefined)
    refuse('sentinel_password_file beside sentinel_user');
  return {
    kind: 'sentinel',
    sentinels: parseServers(hosts, SENTINEL_PORT),
    name,
    username,
    password,
    database: parseDatabase(given.get('db') ?? '0', 'db=<number>'),
    tls: parseTls(given.get('tls')),
    sentinelUsername: given.get('sentinel_user'),
    sentinelPasswordFile,
  };
}

function parseRedis(text: string): StoreLocation {
  const parts = PARTS.exec(text)?.groups;
  if (!parts) return refuse(FORMS);
  const { scheme, hosts = '', path: folder = '', query = '' } = parts;
  const username = decode(parts['user'] ?? '', 'a user');
  const password = decode(parts['password'] ?? '', 'a password');
  if (scheme === 'redis+sentinel')
    return parseSentinel(hosts, { name: folder, query }, { username, password });
  if (scheme === 'redis+cluster') {
    if (folder !== '') refuse('no database: a cluster has one only');
    const tls = parseTls(parseQuery(query, ['tls']).get('tls'));
    return { kind: 'cluster', nodes: parseServers(hosts, REDIS_PORT), username, password, tls };
  }
  if (hosts.includes(',')) refuse('one host; several are those of redis+sentinel:// or redis+cluster://');
  parseQuery(query, []);
  const database = parseDatabase(folder, 'a path');
  const tls = scheme === 'rediss';
  return { kind: 'redis', ...parseServer(hosts, REDIS_PORT), username, password, database, tls };
}

function parseSqlite(file: string): StoreLocation {
  // `sqlite://data/x.db` would be an absolute path.
  const isPath = file !== '' && !file.startsWith('//') && path.safeParse(file).success;
  return isPath ? { kind: 'sqlite', file } : refuse(FORMS);
}

function read(text: string): StoreLocation | Unfit {
  try {
    return text.startsWith('sqlite:') ? parseSqlite(text.slice('sqlite:'.length)) : parseRedis(text);
  } catch (error) {
    if (error instanceof Unfit) return error;
    throw error;
  }
}

/** `STORE_URL`; its faults name the part that is wrong. */
export const storeUrl = valueOf<StoreLocation>(
  (text) => {
    const unfit = read(text);
    return unfit instanceof Unfit ? unfit.message : '';
  },
  (text) => {
    const location = read(text);
    return location instanceof Unfit ? undefined : location;
  },
);
