import { toBareHost } from '../lib/address.ts';
import { host, path } from './value-schemas.ts';
import { valueOf } from './variable.ts';

/** Where sessions and limits are kept; a file's path is as it was written. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'redis';
      readonly host: string;
      readonly port: number;
      readonly username: string | undefined;
      readonly password: string | undefined;
      /** Its number. */
      readonly database: number;
      readonly tls: boolean;
    };

const REDIS_PORT = 6379;

function parseSqlite(file: string): StoreLocation | undefined {
  // `sqlite://data/x.db` would mean the root of the disk.
  const isPath = file !== '' && !file.startsWith('//') && path.safeParse(file).success;
  return isPath ? { kind: 'sqlite', file } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseRedis(text: string): StoreLocation | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = url && /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  if (!url || database === undefined || url.search !== '' || url.hash !== '' || url.port === '0')
    return undefined;
  const hostname = toBareHost(url.hostname);
  const [username, password] = [decode(url.username), decode(url.password)];
  const isSound =
    host.safeParse(hostname).success &&
    (username !== undefined || url.username === '') &&
    (password !== undefined || url.password === '');
  if (!isSound) return undefined;
  return {
    kind: 'redis',
    host: hostname,
    port: Number(url.port || REDIS_PORT),
    username,
    password,
    database: Number(database),
    tls: url.protocol === 'rediss:',
  };
}

export const storeUrl = valueOf<StoreLocation>(
  'sqlite:<path>, sqlite::memory:, or redis[s]://[<user>:<password>@]<host>[:<port>][/<database number>], percent-encoded',
  (text) => {
    if (text.startsWith('sqlite:')) return parseSqlite(text.slice('sqlite:'.length));
    return /^rediss?:\/\//.test(text) ? parseRedis(text) : undefined;
  },
);
