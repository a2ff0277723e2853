import { expect, it } from 'vitest';
import { createCookieJar } from '../../src/browser/cookies.ts';
import { toForeignSites } from '../../src/browser/same-site.ts';

it('origins of one registrable domain and scheme are same-site, with any port and subdomain', () => {
  const own = 'https://gateway.example.co.uk';
  const same = ['https://app.example.co.uk', 'https://example.co.uk:8443', 'https://a.b.example.co.uk'];
  const foreign = [
    'https://other.co.uk',
    'http://app.example.co.uk',
    'https://example.co.uk.evil.example',
    'https://notexample.co.uk',
  ];
  expect(toForeignSites(own, [...same, ...foreign])).toEqual(foreign);
});

it('hosts of a public suffix and of this machine are separate sites', () => {
  expect(toForeignSites('https://a.github.io', ['https://b.github.io', 'https://x.a.github.io'])).toEqual([
    'https://b.github.io',
  ]);
  expect(toForeignSites('http://localhost:3000', ['http://localhost:5173', 'http://127.0.0.1:5173'])).toEqual(
    ['http://127.0.0.1:5173'],
  );
});

it('cookies require https, or a host of this machine', () => {
  for (const url of ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:1', 'https://a.example'])
    expect(createCookieJar(url).toName('x')).toMatch(/x$/);
  for (const url of ['http://a.example', 'http://127.0.0.1.example', 'http://localhost.example'])
    expect(() => createCookieJar(url)).toThrow(/https/);
});
