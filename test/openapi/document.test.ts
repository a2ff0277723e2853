import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../../src/errors.ts';
import { makeFolder } from '../support/folder.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { type Document, operationsOf, resolve, valuesOf } from './support/document.ts';
import { lint } from './support/lint.ts';

async function readDocument(env: Readonly<Record<string, string>> = {}): Promise<Document> {
  const under = await startLonelyGateway(env);
  const response = await fetch(`${under.url}/openapi.json`);
  expect(response.status).toBe(200);
  const document = (await response.json()) as Document;
  await under.close();
  return document;
}

let folder: string;
let document: Document;
beforeAll(async () => {
  folder = makeFolder();
  document = await readDocument();
});

const routesFile = () => {
  const file = path.join(folder, 'routes.json');
  const row = {
    path: '/api/things/*',
    methods: ['GET', 'POST'],
    upstream: 'http://127.0.0.1:1',
    guard: { scopes: ['a'] },
    token: 'user',
  };
  writeFileSync(
    file,
    JSON.stringify({
      routes: [row, { ...row, path: '/api/open', methods: ['GET'], guard: 'public', token: 'none' }],
    }),
  );
  return file;
};

/** A row whose schemas have the same names as those of the gateway. */
const routesModule = () => {
  const file = path.join(folder, 'rows.mjs');
  const zod = pathToFileURL(path.resolve('node_modules/zod/index.js')).href;
  writeFileSync(
    file,
    `import { z } from '${zod}';
     const User = z.object({ mine: z.string() }).meta({ id: 'User' });
     export default [{ method: 'GET', path: '/api/mine', guard: 'public', operationId: 'mine', summary: 'Mine',
       tag: 'Mine', responses: { 200: { description: 'Mine', schema: User } }, errors: [], handler: () => ({ status: 200, body: { mine: 'x' } }) }];`,
  );
  return file;
};

describe('redocly lint reports no findings', () => {
  it.each<[string, () => Record<string, string>]>([
    ['as it comes', () => ({})],
    ['of a public gateway', () => ({ PUBLIC_URL: 'https://gate.acme.test' })],
    ['without sign-in by password', () => ({ PASSWORD_SIGNIN: 'false' })],
    ['with rows of a routes file', () => ({ ROUTES_FILE: routesFile() })],
    ['with rows of a module', () => ({ ROUTES_MODULE: routesModule() })],
  ])('%s', async (_, toEnv) => {
    expect(await lint(await readDocument(toEnv()))).toEqual([]);
  });

  it('and reports a planted fault', async () => {
    expect(await lint({ ...document, tags: [{ name: 'About' }] })).not.toEqual([]);
  });
});

it('renames schemas of a module that have names of the gateway’s schemas', async () => {
  const both = await readDocument({ ROUTES_MODULE: routesModule() });
  expect(Object.keys(both.components.schemas['User']?.properties ?? {})).toContain('email');
  expect(Object.keys(both.components.schemas['User2']?.properties ?? {})).toEqual(['mine']);
  const mine = both.paths['/api/mine']?.['get']?.responses['200'];
  expect(mine?.content?.['application/json']?.schema.$ref).toBe('#/components/schemas/User2');
});

describe('the API document', () => {
  it('has the server that it was loaded from', () => {
    expect(document.servers).toEqual([{ url: '/' }]);
  });

  it('names the schemas that clients have types for', () => {
    const names =
      'User Tokens SignedIn SignInResult Session NoSession SessionList SignUp SignIn Problem ErrorCode MfaRequired ' +
      'WeakPassword OAuthError FoundPlaces Health';
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names.split(' ')));
    for (const { path: at, method, operation } of operationsOf(document)) {
      const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      for (const [status, response] of successes) {
        const schema = response.content?.['application/json']?.schema;
        if (schema && at !== '/openapi.json') expect(schema.$ref, `${method} ${at} ${status}`).toBeDefined();
      }
      const body = operation.requestBody?.content;
      for (const { schema } of Object.values(body ?? {}))
        expect(schema.$ref, `${method} ${at}`).toBeDefined();
    }
  });

  it('lists the codes of each error status', () => {
    const known = new Set(
      valuesOf(document, { properties: { code: { $ref: '#/components/schemas/ErrorCode' } } }, 'code'),
    );
    expect(known).toEqual(new Set(Object.keys(ERROR_TABLE)));
    for (const { path: at, method, operation } of operationsOf(document)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        if (!/^[45]/.test(status) || at === '/readyz') continue;
        const { content = {} } = resolve(document, response);
        const problem = content['application/problem+json']?.schema;
        const codes = problem
          ? valuesOf(document, problem, 'code')
          : valuesOf(document, content['application/json']?.schema ?? {}, 'error');
        expect(codes.length, `${method} ${at} ${status}`).toBeGreaterThan(0);
        if (problem)
          for (const code of codes)
            expect(ERROR_TABLE[code as keyof typeof ERROR_TABLE].status).toBe(Number(status));
      }
    }
  });

  it('describes the errors of a sign-in', () => {
    const responses = document.paths['/v1/auth/signin']?.['post']?.responses;
    const codesOf = (status: number) =>
      valuesOf(
        document,
        resolve(document, responses?.[status] ?? {}).content?.['application/problem+json']?.schema ?? {},
        'code',
      );
    expect(codesOf(400)).toEqual(['validation_failed', 'invalid_scope']);
    expect(codesOf(401)).toEqual(['invalid_credentials']);
    expect(codesOf(403)).toEqual(expect.arrayContaining(['mfa_required', 'user_blocked', 'csrf_failed']));
  });

  it('has discriminators for unions', () => {
    const { oneOf, discriminator } = document.components.schemas['SessionState'] ?? {};
    expect(oneOf).toHaveLength(2);
    expect(discriminator).toEqual({
      propertyName: 'authenticated',
      mapping: { true: '#/components/schemas/Session', false: '#/components/schemas/NoSession' },
    });
    const refused = document.paths['/v1/auth/signin']?.['post']?.responses['403'] ?? {};
    const union = resolve(document, refused).content?.['application/problem+json']?.schema;
    expect(union?.discriminator?.propertyName).toBe('code');
    expect(union?.discriminator?.mapping['mfa_required']).toBe('#/components/schemas/MfaRequired');
    for (const ref of Object.values(union?.discriminator?.mapping ?? {}))
      expect(union?.oneOf).toContainEqual({ $ref: ref });
  });

  it('describes each tag', () => {
    const used = new Set(operationsOf(document).flatMap(({ operation }) => operation.tags));
    expect(new Set(document.tags.map(({ name }) => name))).toEqual(used);
    for (const { name, description } of document.tags)
      expect([name, description]).toEqual([name, expect.not.stringContaining('operator of this gateway')]);
  });

  it('lists the headers of each response', () => {
    for (const { path: at, method, operation } of operationsOf(document)) {
      const isGuarded =
        operation.security.length > 0 && !operation.security.some((each) => Object.keys(each).length === 0);
      for (const [status, response] of Object.entries(operation.responses)) {
        const names = Object.keys(resolve(document, response).headers ?? {});
        const what = `${method} ${at} ${status}`;
        expect(names, what).toContain('X-Request-Id');
        if (status === '303') expect(names, what).toContain('Location');
        if (status === '405') expect(names, what).toContain('Allow');
        if (status === '429')
          expect(names, what).toEqual(
            expect.arrayContaining(['Retry-After', 'RateLimit', 'RateLimit-Policy']),
          );
        if (status === '401' && isGuarded) expect(names, what).toContain('WWW-Authenticate');
      }
    }
  });
});
