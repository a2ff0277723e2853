import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsCallback, allowsReturnTo } from '../src/clients/allowed-urls.ts';

describe('allowed callbacks', () => {
  const allowed = ['https://app.example.com/cb', 'https://*.example.com/wild', 'com.example.app://cb'];

  it.each(['https://app.example.com/cb', 'https://a-1.example.com/wild', 'com.example.app://cb'])(
    '%s is one',
    (url) => {
      expect(allowsCallback(allowed, url)).toBe(true);
    },
  );

  it.each([
    'https://app.example.com/cb/',
    'https://app.example.com/cb#',
    'https://app.example.com/cb?x',
    'https://app.example.com./cb',
    'https://a.b.example.com/wild',
    'https://.example.com/wild',
    'https://example.com/wild',
    'https://*.example.com/wild',
    'https://evil.example/.example.com/wild',
    'https://evil.example?.example.com/wild',
    'https://evil.example\\.example.com/wild',
    'https://evil.example#.example.com/wild',
    'https://user@evil.example.com/wild',
    'http://a.example.com/wild',
    'https://a.example.com/wild\r\nset-cookie: x=1',
    'https://a.example.com/wild ',
    ' https://app.example.com/cb',
    '',
  ])('%j is not allowed', (url) => {
    expect(allowsCallback(allowed, url)).toBe(false);
  });

  it.each(['https://*', 'https://*.com', '*', 'https://*.*.example.com/wild', 'https://a*.example.com/wild'])(
    'the pattern %s matches only itself',
    (pattern) => {
      for (const url of ['https://evil.com', 'https://a.evil.com', 'https://ab.example.com/wild'])
        expect(allowsCallback([pattern], url)).toBe(false);
    },
  );
});

describe('allowed logout URLs', () => {
  const allowed = ['https://app.example.com/out?kept=1', 'https://*.example.org/out'];

  it('query, fragment, and the case of scheme and host are ignored; the case of the path is not', () => {
    for (const url of [
      'https://app.example.com/out',
      'HTTPS://APP.example.com/out?x#y',
      'https://a.example.org/out?x',
    ])
      expect(allowsReturnTo(allowed, url)).toBe(true);
    for (const url of [
      'https://app.example.com/Out',
      'https://app.example.com/out/',
      'https://app.example.com:444/out',
    ])
      expect(allowsReturnTo(allowed, url)).toBe(false);
  });

  it('every accepted URL has an allowed host', () => {
    const piece = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '@',
      '?',
      '#',
      '.',
      ':',
      '%2f',
      '\t',
      '\n',
      'out',
      'app.example.com',
      'evil.example',
      'a.example.org',
      'javascript:',
      'https://app.example.com/out',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = pieces.join('');
        if (!allowsReturnTo(allowed, url)) return;
        const { hostname, protocol } = new URL(url, 'https://tenant.example');
        expect(protocol).toBe('https:');
        expect(hostname === 'app.example.com' || /^[a-z0-9-]+\.example\.org$/.test(hostname)).toBe(true);
      }),
      { numRuns: 5000, seed: 20_260 },
    );
  });
});
