import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorCode, meaningOf } from '../../src/errors.ts';
import { violationsOf } from '../support/axe.ts';
import { startChromium } from '../support/chromium.ts';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { describeWith } from '../support/requirements.ts';

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://gateway.example.com',
  TRUST_PROXY: 'none',
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'web',
  AUTH0_CLIENT_SECRET: 'a-secret-of-the-application',
  AUTH0_API_AUDIENCE: 'urn:worldmappers',
  SESSION_SECRETS: 'Zk3vT9qLx1WcR7yBn5MdHs8JpF2gKa4U',
};

let inDevelopment: GatewayUnderTest;
let inProduction: GatewayUnderTest;
beforeAll(async () => {
  [inDevelopment, inProduction] = await Promise.all([startLonelyGateway(), startLonelyGateway(production)]);
});
afterAll(() => Promise.all([inDevelopment.close(), inProduction.close()]));

const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const withOperatorAdvice = codes.filter((code) => meaningOf(code).operatorAdvice !== undefined);

describe('the table of errors', () => {
  it.each(codes)('%s says what happened and what to do, in separate sentences', (code) => {
    const { title, advice, operatorAdvice } = meaningOf(code);
    for (const text of [title, advice, operatorAdvice ?? 'None.']) expect(text).toMatch(/^[A-Z].*\.$/);
    expect(new Set([title, advice, operatorAdvice]).size).toBe(3);
    expect(advice).not.toContain(title);
  });
});

describe('GET /problems', () => {
  it('lists every code with its status, title and advice', async () => {
    const answer = await fetch(`${inProduction.url}/problems`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('vary')).toMatch(/accept/i);
    expect(await answer.json()).toEqual({
      problems: codes.map((code) => {
        const { status, title, advice } = ERROR_TABLE[code];
        return { code, status, title, advice };
      }),
    });
  });

  it('is a page for a browser, with a link to a page for each code', async () => {
    const answer = await fetch(`${inProduction.url}/problems`, { headers: html });
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    const links = [...(await answer.text()).matchAll(/<dt><a href="(\/problems\/[^"]+)">/g)].map(
      ([, link]) => link,
    );
    expect(links).toEqual(codes.map((code) => `/problems/${code}`));
    const page = await (await fetch(`${inProduction.url}${links[3]}`, { headers: html })).text();
    expect(page).toContain(`<h1>${ERROR_TABLE[codes[3] ?? 'internal'].title}</h1>`);
  });
});

describe('GET /problems/{code}', () => {
  it.each([
    ['a program', '*/*', /^application\/json/],
    ['one that names no type', undefined, /^application\/json/],
    ['a browser', html.Accept, /^text\/html/],
  ])('answers %s in its format', async (_who, accept, type) => {
    const answer = await fetch(`${inProduction.url}/problems/csrf_failed`, {
      headers: accept === undefined ? {} : { Accept: accept },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(type);
    expect(answer.headers.get('vary')).toMatch(/accept/i);
    const text = await answer.text();
    expect(text).toContain(ERROR_TABLE.csrf_failed.title);
    expect(text).toContain('X-CSRF: 1');
  });

  it('shows what only the operator can change only in development', async () => {
    expect(withOperatorAdvice.length).toBeGreaterThan(3);
    for (const code of withOperatorAdvice) {
      const operatorAdvice = meaningOf(code).operatorAdvice ?? '';
      for (const headers of [{}, html]) {
        const told = async ({ url }: GatewayUnderTest) =>
          (await (await fetch(`${url}/problems/${code}`, { headers })).text()).replaceAll('&#39;', "'");
        expect(await told(inDevelopment)).toContain(operatorAdvice);
        expect(await told(inProduction)).not.toContain(operatorAdvice);
      }
    }
  });
});

describe('an error response', () => {
  const foreign = (under: GatewayUnderTest) =>
    fetch(`${under.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'https://stranger.example' },
      body: JSON.stringify({ email: 'a@example.com', password: 'x' }),
    });

  it('has the advice for the operator in development and in every log, but not in production', async () => {
    const { advice, operatorAdvice } = meaningOf('csrf_failed');
    const [there, here] = await Promise.all([foreign(inProduction), foreign(inDevelopment)]);
    expect(await there.json()).toMatchObject({ status: 403, code: 'csrf_failed', detail: advice });
    expect(await here.json()).toMatchObject({ status: 403, detail: `${advice} ${operatorAdvice}` });
    for (const { lines } of [inProduction, inDevelopment])
      expect(lines.find(({ code }) => code === 'csrf_failed')).toMatchObject({
        msg: 'request',
        advice: operatorAdvice,
      });
  });

  it.each([
    ['404', '/nowhere', 'not_found'],
    ['400', '/healthz?x=1', 'validation_failed'],
    ['401', '/api/location/geocode?q=x', 'unauthenticated'],
    ['405', '/v1/auth/signin', 'method_not_allowed'],
  ])('of %s has a detail that differs from its title', async (status, path, code) => {
    const answer = (await (await fetch(`${inProduction.url}${path}`)).json()) as Record<string, string>;
    expect(answer).toMatchObject({ status: Number(status), code, title: meaningOf(code as ErrorCode).title });
    expect(answer['detail']).toBe(meaningOf(code as ErrorCode).advice);
  });

  it('in the OAuth format has both in its description', async () => {
    const answer = await fetch(`${inProduction.url}/v1/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'a', client_secret: 'b' }),
    });
    const { title, advice } = meaningOf('unsupported_grant_type');
    expect(await answer.json()).toEqual({
      error: 'unsupported_grant_type',
      error_description: `${title} ${advice}`,
    });
  });
});

describeWith('chromium', 'the pages in a browser', () => {
  it.each(['/problems', '/problems/mfa_required'])('%s: axe finds nothing wrong with it', async (path) => {
    const chromium = await startChromium();
    const context = await chromium.newContext({ bypassCSP: true, viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    await page.goto(`${inDevelopment.url}${path}`);
    expect(await page.title()).not.toBe('');
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await chromium.close();
  });
});
