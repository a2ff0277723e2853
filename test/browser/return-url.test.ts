import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createOrigins } from '../../src/browser/origins.ts';
import { createReturnUrls } from '../../src/browser/return-url.ts';

const publicUrl = 'https://gate.example.com';
const allowedOrigins = ['https://app.example.com'];
const settings = { publicUrl, allowedOrigins, tokenModeOrigins: [], allowLocalhostOrigins: false };
const origins = createOrigins(settings);
const create = (defaultReturnTo?: string) =>
  createReturnUrls({ publicUrl, origins, allowedOrigins, defaultReturnTo });
const toReturnUrl = (asked: string) => create().toReturnUrl(asked);

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const corpus: string[] = [
  ...(JSON.parse(fixture('open-redirects-485.json')) as string[]),
  ...fixture('open-redirects-558.txt').split('\n').filter(Boolean),
];

function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe('a return URL', () => {
  it('is a path of the gateway, with its query and fragment', () => {
    expect(toReturnUrl('/')).toBe(`${publicUrl}/`);
    expect(toReturnUrl('/a/b?c=d&e=https://x.test#f')).toBe(`${publicUrl}/a/b?c=d&e=https://x.test#f`);
  });

  it('is a URL of the gateway or of an allowed origin', () => {
    expect(toReturnUrl('https://app.example.com/x')).toBe('https://app.example.com/x');
    expect(toReturnUrl(`${publicUrl}/x`)).toBe(`${publicUrl}/x`);
  });

  it.each([
    'https://app.example.com.evil.test/',
    'https://app.example.com@evil.test/',
    'https://user@app.example.com/',
    'http://app.example.com/',
    'https://app.example.com:444/',
    '//app.example.com/',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '/a\r\nSet-Cookie: x=y',
    'evil.test',
    'javascript:alert(1)',
    '',
    `/${'a'.repeat(1024)}`,
  ])('is not %j', (asked) => {
    expect(toReturnUrl(asked)).toBeUndefined();
  });

  it('of 1,043 hostile ones, raw and decoded once, none leads to another origin', () => {
    expect(corpus).toHaveLength(1043);
    const allowed = [publicUrl, ...allowedOrigins];
    const leaving = corpus
      .flatMap((payload) => [payload, decodeOnce(payload)])
      .filter((payload) => {
        const url = toReturnUrl(payload);
        // Parsed as a browser parses the Location header.
        return url !== undefined && !allowed.includes(new URL(url, 'https://elsewhere.test').origin);
      });
    expect(leaving).toEqual([]);
    // Not all of the corpus is refused: some entries are valid paths of the gateway.
    expect(corpus.some((payload) => toReturnUrl(payload) !== undefined)).toBe(true);
  });

  it('defaults to the configured one, else the first allowed origin, else the gateway’s own page', () => {
    expect(create('/welcome').fallback).toBe(`${publicUrl}/welcome`);
    expect(create().fallback).toBe('https://app.example.com/');
    const alone = createReturnUrls({ publicUrl, origins, allowedOrigins: [], defaultReturnTo: undefined });
    expect(alone.fallback).toBe(`${publicUrl}/`);
  });
});
