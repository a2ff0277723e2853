import { describe, expect, it } from 'vitest';
import { createRouteTable } from '../../src/http/route-table.ts';

const row = (path: string, method = 'GET') => ({ method, path });
const find = (rows: readonly string[], path: string): string | undefined =>
  createRouteTable(rows.map((one) => row(one)))
    .find(path)
    ?.byMethod.get('GET')?.path;

describe('a route table', () => {
  it.each([
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/*'],
    ['/a/b/c', '/a/*'],
    ['/a/b/c/d', '/a/b/c/{x}'],
    ['/a/b/c/d/e', '/a/b/c/*'],
    ['/a/', '/a/*'],
    ['/a', '/*'],
    ['/A/b', '/*'],
    ['/', '/*'],
    ['/ab/c', '/*'],
    ['/a/bc/d', '/a/*'],
  ])('finds the most specific row for %s: %s', (path, expected) => {
    const rows = ['/*', '/a/*', '/a/b', '/a/b/c/*', '/a/b/c/{x}'];
    expect(find(rows, path)).toBe(expected);
  });

  it('has one entry per path, for all methods', () => {
    const table = createRouteTable([row('/a/*', 'GET'), row('/a/b/*', 'POST')]);
    expect([...(table.find('/a/b/c')?.byMethod.keys() ?? [])]).toEqual(['POST']);
  });

  it('does not match paths of the gateway by a prefix, but finds the gateway’s own rows there', () => {
    const rows = ['/*', '/v1/auth/session', '/v1/problems/{code}'];
    for (const path of [
      '/v1',
      '/v1/x',
      '/v1/auth/session/',
      '/docs',
      '/docs/x',
      '/healthz',
      '/.well-known/x',
    ])
      expect(find(rows, path), path).toBeUndefined();
    expect(find(rows, '/v1/auth/session')).toBe('/v1/auth/session');
    expect(find(rows, '/v12')).toBe('/*');
  });

  it('refuses two rows of one method and path', () => {
    expect(() => createRouteTable([row('/a/*'), row('/a/*')])).toThrow('two rows claim GET /a/*');
  });

  it('needs the same number of steps for one row and for ten thousand', () => {
    const steps = { count: 0 };
    const counting = (path: string) =>
      new Proxy(new String(path), {
        get(target, key) {
          steps.count++;
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }) as unknown as string;
    const countFor = (rows: number): number => {
      const table = createRouteTable(
        Array.from({ length: rows }, (_, i) => row(`/api/s${i}/*`)).concat(row('/api/here/deep/*')),
      );
      steps.count = 0;
      table.find(counting('/api/here/deep/down/x'));
      return steps.count;
    };
    expect(countFor(10_000)).toBe(countFor(1));
    expect(countFor(1)).toBeGreaterThan(0);
  });
});
