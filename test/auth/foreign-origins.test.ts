import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { startWorld, type World } from '../support/world.ts';

/** A public route of an operator. */
const module = `export default [
  { method: 'POST', path: '/api/letters', guard: 'public', operationId: 'send', summary: 'Send', tag: 'Letters',
    responses: { 204: { description: 'Sent' } }, errors: [], handler: () => ({ status: 204 }) },
];`;

interface Operation {
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: object };
  readonly parameters?: readonly { readonly in: string }[];
}

let world: World;
let folder: string;

beforeAll(async () => {
  folder = makeFolder();
  const file = path.join(folder, 'routes.mjs');
  writeFileSync(file, module);
  world = await startWorld({ ALLOWED_ORIGINS: 'https://app.example.com', ROUTES_MODULE: file });
});
afterAll(() => world.close());

/**
 * Operations without credentials that change something or read a header of their own; without those for OAuth clients,
 * which send forms.
 */
async function findOpenOperations(): Promise<[method: string, path: string][]> {
  const { paths } = (await (await fetch(`${world.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([at, operations]) =>
    Object.entries(operations).flatMap(([method, { security, requestBody, parameters = [] }]) => {
      const isOpen = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
      const isForm = requestBody && 'application/x-www-form-urlencoded' in requestBody.content;
      const isChecked = method !== 'get' || parameters.some((one) => one.in === 'header');
      return isOpen && !isForm && isChecked ? [[method.toUpperCase(), at] as [string, string]] : [];
    }),
  );
}

async function call(method: string, at: string, headers: Record<string, string>) {
  const answer = await fetch(`${world.url}${at}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(method === 'POST' && { body: '{}' }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    code: text === '' ? undefined : (JSON.parse(text) as { code?: string }).code,
  };
}

describe('a public route', () => {
  it('that changes something or reads a handle refuses pages of other origins', async () => {
    const operations = await findOpenOperations();
    expect(operations).toEqual(
      expect.arrayContaining([
        ['POST', '/v1/auth/signup'],
        ['POST', '/v1/auth/signin'],
        ['POST', '/v1/auth/refresh'],
        ['POST', '/v1/auth/signout'],
        ['POST', '/v1/auth/exchange'],
        ['POST', '/v1/auth/login/start'],
        ['GET', '/v1/auth/mfa/authenticators'],
        ['POST', '/v1/auth/mfa/verify'],
        ['POST', '/api/letters'],
      ]),
    );
    for (const [method, at] of operations) {
      // A sign-in that starts at another host name is refused for that reason first.
      const refused = { status: 403, code: expect.stringMatching(/^(?:csrf_failed|cross_site_session)$/) };
      expect({ at, ...(await call(method, at, { Origin: 'https://evil.example' })) }).toEqual({
        at,
        ...refused,
      });
      expect({ at, ...(await call(method, at, { 'Sec-Fetch-Site': 'cross-site' })) }).toEqual({
        at,
        ...refused,
      });
      const { code } = await call(method, at, { Origin: 'https://app.example.com' });
      expect({ at, code }).not.toEqual({ at, code: 'csrf_failed' });
    }
  });

  it('that only reads answers pages of any origin', async () => {
    for (const at of ['/openapi.json', '/healthz', '/.well-known/oauth-protected-resource', '/problems']) {
      const answer = await fetch(`${world.url}${at}`, { headers: { Origin: 'https://evil.example' } });
      expect({ at, status: answer.status }).toEqual({ at, status: 200 });
    }
  });
});
