import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseParameters } from '../../src/http/parameters.ts';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startLonelyGateway();
});
afterAll(() => under.close());

describe('a query of a row without parameters', () => {
  it.each([
    '/healthz?t=1',
    '/readyz?t=1',
    '/problems/not_found?x',
    '/openapi.json?x=1',
    '/.well-known/oauth-protected-resource?x=1',
    '/.well-known/oauth-protected-resource?__proto__=1',
  ])('answers 400 validation_failed: %s', async (target) => {
    const response = await fetch(`${under.url}${target}`);
    expect(response.status).toBe(400);
    const { code, errors } = (await response.json()) as { code: string; errors: { message: string }[] };
    expect(code).toBe('validation_failed');
    expect(errors[0]?.message).toBe('is not a known field');
  });

  it('answers 400 on POST too, before the body is read', async () => {
    const response = await fetch(`${under.url}/v1/auth/signin?password=canary`, {
      method: 'POST',
      body: 'x',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/canary/);
  });

  it('is described with the characters of RFC 6749 §5.2 in the OAuth error format', async () => {
    const response = await fetch(`${under.url}/v1/oauth/token?%22%C3%A9%0a=1`, { method: 'POST' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: '???: is not a known field',
    });
  });

  it('is ignored for navigations: /docs and its files', async () => {
    for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui.css'])
      expect((await fetch(`${under.url}${path}?utm_source=x`)).status, path).toBe(200);
  });

  it('may be empty', async () => {
    expect((await fetch(`${under.url}/healthz?`)).status).toBe(200);
  });
});

describe('a query', () => {
  it('has a string for a single name, and an array for a repeated one', () => {
    expect(parseParameters('a=1&b=2&a=3&a=4&c')).toEqual({ a: ['1', '3', '4'], b: '2', c: '' });
  });

  it('of more than 100 parameters is refused, of 100 is accepted', () => {
    expect(parseParameters('a=1&'.repeat(100))['a']).toHaveLength(100);
    expect(() => parseParameters('a=1&'.repeat(101))).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });

  it('with one name thousands of times is parsed fast', () => {
    const query = 'a&'.repeat(8000);
    const startedAt = performance.now();
    for (let i = 0; i < 20; i++) expect(() => parseParameters(query)).toThrow();
    expect((performance.now() - startedAt) / 20).toBeLessThan(20);
  });
});
