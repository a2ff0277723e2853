import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { parseRequestTarget } from '../../src/http/request-target.ts';
import corpus from '../fixtures/path-bypass.json' with { type: 'json' };

const isRefused = (target: string): boolean => {
  try {
    parseRequestTarget(target, 'gw');
    return false;
  } catch (error) {
    return error instanceof GatewayError && error.code === 'bad_request_target';
  }
};

describe('a request target', () => {
  it.each([
    '/api/location/geocode',
    '/',
    '/a/b/',
    '/a%20b',
    '/caf%C3%A9',
    "/a-b_c.d~e!$&'()*+,=:@f",
    '/.well-known/x',
    '/a..b/...',
  ])('in a usual form is accepted: %s', (target) => {
    expect(parseRequestTarget(`${target}?q=%2F..%2f//;\\`, 'gw')).toEqual({
      path: target,
      query: 'q=%2F..%2f//;\\',
    });
  });

  it.each([
    ['encoded slash', '/a%2fb'],
    ['encoded backslash', '/a%5Cb'],
    ['encoded NUL', '/a%00'],
    ['encoded semicolon', '/a%3b'],
    ['encoded percent', '/a%252e'],
    ['encoded unreserved letter', '/%61'],
    ['encoded unreserved digit', '/%30'],
    ['encoded dot', '/a%2e'],
    ['encoded tilde', '/%7E'],
    ['encoded underscore', '/%5f'],
    ['invalid UTF-8', '/%c0%ae'],
    ['cut UTF-8', '/%e2%82'],
    ['broken escape', '/%zz'],
    ['lone percent', '/%'],
    ['backslash', '/a\\b'],
    ['semicolon', '/a;b'],
    ['dot segment', '/a/./b'],
    ['final dot segment', '/a/..'],
    ['double slash', '/a//b'],
    ['leading double slash', '//a'],
    ['fragment', '/a#b'],
    ['fragment in the query', '/a?b#c'],
    ['control character', '/a\x01'],
    ['space', '/a b'],
    ['control character in the query', '/a?b\x7f'],
    ['encoded control character', '/a%0d'],
    ['raw bytes beyond ASCII', '/\xc0\xae'],
    ['no slash', 'a'],
    ['empty', ''],
    ['absolute-form of another host', 'http://evil.example/a'],
    ['absolute-form with credentials', 'http://gw@evil.example/a'],
    ['other scheme', 'ftp://gw/a'],
  ])('with %s is refused', (_what, target) => {
    expect(isRefused(target)).toBe(true);
  });

  it('in absolute-form with the gateway’s host is reduced to its path', () => {
    expect(parseRequestTarget('http://GW/a?b', 'gw')).toEqual({ path: '/a', query: 'b' });
    expect(parseRequestTarget('http://gw', 'gw').path).toBe('/');
  });

  it('of the bypass corpus never reaches a protected prefix after decoding', () => {
    for (const target of corpus.paths) {
      if (isRefused(target)) continue;
      const { path } = parseRequestTarget(target, 'gw');
      // An accepted target has the same meaning for a router that compares bytes and for one that decodes and
      // normalizes.
      expect(new URL(path, 'http://gw').pathname).toBe(path);
      expect(decodeURIComponent(path)).toBe(path);
    }
  });

  it('that is accepted is not changed by URL parsing', () => {
    const part = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%25',
      ';',
      '\\',
      'a',
      '%61',
      '%C3%A9',
      '%0a',
      '?',
      '#',
      ' ',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const target = `/${parts.join('')}`;
        if (isRefused(target)) return;
        const { path } = parseRequestTarget(target, 'gw');
        expect(new URL(path, 'http://gw').pathname).toBe(path);
        expect(decodeURIComponent(path).split('/').length).toBe(path.split('/').length);
      }),
      { numRuns: 5000, seed: 20_260 },
    );
  });
});
