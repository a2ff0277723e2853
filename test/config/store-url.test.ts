import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

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
    'redis://user:hunter22@h?x',
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
});
