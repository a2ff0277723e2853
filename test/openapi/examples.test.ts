import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { type Admin, createAdmin, seed } from '../admin/support.ts';
import { password, signInUser } from '../session/support/person.ts';
import { startWorld, type World } from '../support/world.ts';
import {
  type Document,
  needsOwn,
  type Operation,
  operationsOf,
  resolve,
  type Schema,
} from './support/document.ts';

let world: World;
let document: Document;
let admin: Admin;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  admin = await createAdmin(world);
  document = (await (await fetch(`${world.url}/openapi.json`)).json()) as Document;
});
afterAll(() => world.close());

const sampleOf = ({ example, default: fallback }: Schema): unknown => example ?? fallback;

/** Values that replace those of the example, because only the caller knows them. */
const ofCaller: Record<string, () => Record<string, string>> = {
  issueClientToken: () => ({
    client_secret: world.tenant.credentials('gift-deliveries')?.client_secret ?? '',
  }),
};

/** The resources in the examples of the administration API. */
async function makeAdministered(): Promise<void> {
  const id = 'auth0|5f7c8ec7c33c6c004bbafe82';
  await seed(world, { users: [{ user_id: id, email: 'example@example.com', password }] });
  storedIn(world.tenant).consents.put({
    id: '5f7c8ec7c33c6c004bbafe83',
    client_id: 'tpc_my-todos',
    user_id: id,
    audience: 'urn:organizer',
    scope: ['tasks'],
    organization: undefined,
  });
  await admin.send('PUT', '/customers/gift-deliveries-ltd', { name: 'Gift Deliveries', scopes: [] });
}

/** Sends an operation with its examples, like an own page with a session. */
async function tryOut(method: string, path: string, operation: Operation): Promise<Response> {
  const isAdministration = path.startsWith('/v1/admin/');
  if (isAdministration) await makeAdministered();
  const browser = await signInUser(world.url, `${operation.operationId.toLowerCase()}@example.com`);
  const sessions = await browser.send('GET', '/v1/auth/sessions');
  const query = new URLSearchParams();
  const ofOperation: Record<string, string> = {};
  let target = path;
  for (const { name, in: place, example, schema } of operation.parameters ?? []) {
    const isSession = operation.operationId === 'endSession';
    const value = isSession ? sessions.body.sessions[0].id : (example ?? sampleOf(resolve(document, schema)));
    if (place === 'path') target = target.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (place === 'header') ofOperation[name] = String(value);
    else if (value !== undefined) query.set(name, String(value));
  }
  const [type, { schema } = { schema: {} }] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body = { ...(sampleOf(resolve(document, schema)) as object), ...ofCaller[operation.operationId]?.() };
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  return fetch(`${world.gateway.publicUrl}${target}?${query.toString()}`, {
    method,
    headers: {
      ...ofOperation,
      ...(isAdministration
        ? { authorization: `Bearer ${admin.token}` }
        : { cookie, 'x-csrf': '1', 'sec-fetch-site': 'same-origin' }),
      ...(type && { 'content-type': type }),
    },
    ...(type && {
      body: type.includes('json')
        ? JSON.stringify(body)
        : new URLSearchParams(body as Record<string, string>),
    }),
  });
}

it('each operation succeeds with its examples', async () => {
  const outcomes: Record<string, string> = {};
  for (const { method, path, operation } of operationsOf(document)) {
    if (operation['x-try-it-out'] === false) continue;
    const response = await tryOut(method, path, operation);
    const text = await response.text();
    outcomes[operation.operationId] = `${response.status} ${response.ok ? '' : text}`.trim();
    // The response matches the document.
    const documented = operation.responses[String(response.status)];
    expect(documented, `${operation.operationId} ${response.status}`).toBeDefined();
    for (const name of Object.keys(resolve(document, documented ?? {}).headers ?? {}))
      if (document.components.headers[name]?.required)
        expect(response.headers.get(name), name).not.toBeNull();
  }
  const refused = Object.entries(outcomes).filter(([, outcome]) => !outcome.startsWith('2'));
  // If a part of the example is a placeholder, the operation fails only because of it.
  for (const [id, outcome] of refused)
    expect([id, needsOwn[id], outcome]).toEqual([id, expect.any(String), expect.stringMatching(/^401 /)]);
  expect(Object.keys(outcomes).length - refused.length).toBeGreaterThan(15);
});

it('offers no try-out for navigations and calls of the tenant', () => {
  const left = operationsOf(document).filter(({ operation }) => operation['x-try-it-out'] === false);
  expect(left.map(({ path }) => path).toSorted()).toEqual([
    '/v1/auth/backchannel-logout',
    '/v1/auth/callback',
    '/v1/auth/login',
    '/v1/auth/session/events',
    '/v1/auth/signed-out',
    '/v1/auth/signout',
  ]);
});
