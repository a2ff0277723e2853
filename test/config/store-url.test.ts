import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { readSources } from '../../src/startup/read-sources.ts';
import { makeFolder } from '../support/folder.ts';

// An empty folder, so that no .env is read.
const cwd = '/nonexistent';
const read = (url: string) => readConfig({ STORE_URL: url }, { cwd });
const storeOf = (url: string) => {
  const outcome = read(url);
  return outcome.ok ? outcome.config.store : outcome.faults;
};
const redis = {
  kind: 'redis',
  port: 6379,
  username: undefined,
  password: undefined,
  database: 0,
  tls: false,
};

const server = (host: string, port: number) => ({ host, port });
const sentinel = {
  kind: 'sentinel',
  sentinels: [server('s1', 26379), server('10.0.0.2', 26380)],
  name: 'main',
  username: undefined,
  password: undefined,
  database: 0,
  tls: false,
  sentinelUsername: undefined,
  sentinelPasswordFile: undefined,
};
const cluster = { kind: 'cluster', username: undefined, password: undefined, tls: false };

describe('STORE_URL', () => {
  it.each([
    ['sqlite:data/x.db', { kind: 'sqlite', file: `${cwd}/data/x.db` }],
    ['sqlite:/data/x.db', { kind: 'sqlite', file: '/data/x.db' }],
    ['sqlite::memory:', { kind: 'sqlite', file: ':memory:' }],
    ['redis://valkey', { ...redis, host: 'valkey' }],
    ['redis://127.0.0.1:7000/3', { ...redis, host: '127.0.0.1', port: 7000, database: 3 }],
    ['redis://[::1]:7000/', { ...redis, host: '::1', port: 7000 }],
    ['rediss://u:p%40%2Fss@h', { ...redis, host: 'h', username: 'u', password: 'p@/ss', tls: true }],
    ['redis://:only@h', { ...redis, host: 'h', password: 'only' }],
    ['redis+sentinel://s1,10.0.0.2:26380/main', sentinel],
    [
      'redis+sentinel://u:p%40@s1,10.0.0.2:26380/main?db=2&tls=true&sentinel_user=w&sentinel_password_file=a/b',
      {
        ...sentinel,
        username: 'u',
        password: 'p@',
        database: 2,
        tls: true,
        sentinelUsername: 'w',
        sentinelPasswordFile: `${cwd}/a/b`,
      },
    ],
    ['redis+cluster://n1,[::1]:7001', { ...cluster, nodes: [server('n1', 6379), server('::1', 7001)] }],
    [
      'redis+cluster://u:p@n1?tls=true',
      { ...cluster, nodes: [server('n1', 6379)], username: 'u', password: 'p', tls: true },
    ],
  ])('%s is accepted', (url, store) => {
    expect(storeOf(url)).toEqual(store);
  });

  it.each([
    'sqlite:',
    'sqlite://data/x.db',
    'sqlite:a\nb',
    'postgres://h/db',
    'redis:',
    'redis:h',
    'redis://',
    'redis://h:0',
    'redis://h:99999',
    'redis://h/name',
    'redis://h?family=6',
    'redis://h/0#x',
    'redis://h,h2',
    'redis://u:p%zz@h',
    'redis://h h',
    '/data/x.db',
  ])('%j is refused', (url) => {
    expect(storeOf(url)).toMatchObject([{ name: 'STORE_URL' }]);
  });

  it.each([
    ['redis://h,h2', /one host/],
    ['redis://h?family=6', /no query/],
    ['redis://h/name', /number of a database/],
    ['redis://u:p%zz@h', /password in percent-encoding/],
    ['redis+sentinel://s1,s2', /name of the primary/],
    ['redis+sentinel://s1,s2/', /name of the primary/],
    ['redis+sentinel://s1,/main', /hosts/],
    ['redis+sentinel://s1:0/main', /port from 1/],
    [
      'redis+sentinel://s1/main?sentinel_password=x',
      /query of db, tls, sentinel_user, sentinel_password_file/,
    ],
    ['redis+sentinel://s1/main?tls=1', /tls=true or tls=false/],
    ['redis+sentinel://s1/main?db=x', /db=<number>/],
    ['redis+sentinel://s1/main?tls=true&tls=true', /at most once/],
    ['redis+sentinel://s1/main?sentinel_user=u', /sentinel_password_file beside sentinel_user/],
    ['redis+sentinel://s1/main?sentinel_password_file=', /sentinel_password_file=<path>/],
    ['redis+cluster://n1/1', /a cluster has one only/],
    ['redis+cluster://n1?db=1', /query of tls/],
    ['redis+cluster://n1#x', /sqlite:<path>/],
    ['redis+unix:///tmp/x', /redis\+cluster:/],
  ])('%s is refused for what is wrong with it', (url, wanted) => {
    expect(storeOf(url)).toMatchObject([{ name: 'STORE_URL', wanted: expect.stringMatching(wanted) }]);
  });

  it.each([
    'redis://user:hunter22@h?x',
    'redis+sentinel://user:hunter22@h,h2/main?x=1',
    'redis+sentinel://user:hun/ter22@h/main',
    'redis+cluster://user:hunter22@h,h2/1',
    'redis://user:hun/ter22@h',
    'redis:user:hunter22@h',
    'redis://:hunter22@@',
  ])('a fault of %s does not show the password', (url) => {
    const outcome = read(url);
    expect(outcome.ok).toBe(false);
    expect(JSON.stringify(outcome)).not.toMatch(/hun|ter22/);
  });

  it('is shown without its password', () => {
    const outcome = read('redis://user:hunter22@valkey:6380/1');
    expect(outcome.ok && outcome.settings.find(({ name }) => name === 'STORE_URL')?.value).toBe(
      'redis://***@valkey:6380/1',
    );
  });

  it('names a password file of the sentinels that cannot be read, in the same round as other faults', async () => {
    const folder = makeFolder({ password: 'secret of the sentinels' });
    const faultsOf = async (file: string) => {
      const url = `redis+sentinel://s1/main?sentinel_password_file=${file}`;
      const sources = await readSources({ STORE_URL: url, PORT: 'x' }, { cwd: folder });
      return sources.ok ? [] : sources.faults;
    };
    expect(await faultsOf('password')).toMatchObject([{ name: 'PORT' }]);
    expect(await faultsOf('missing')).toMatchObject([
      { name: 'PORT' },
      { name: 'STORE_URL', seen: expect.stringContaining('missing": ENOENT') },
    ]);
    expect(await faultsOf('.')).toMatchObject([
      { name: 'PORT' },
      { name: 'STORE_URL', seen: expect.stringContaining('not a file') },
    ]);
  });
});
