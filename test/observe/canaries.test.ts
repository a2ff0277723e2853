import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOpenTelemetry } from '../../src/observe/open-telemetry.ts';
import { createAdmin } from '../admin/support.ts';
import { breakTenant, restoreTenant, signInUser } from '../session/support/person.ts';
import { asBearer } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';
import { startCollector } from './support/collector.ts';

const CANARY = 'canary-5e1d';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
/** What ends the session comes last. */
const ENDS_SESSION = /sign|sessions|password/;
const operations = Object.entries(document.paths)
  .flatMap(([target, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), target, operation })),
  )
  // Its answer has no end.
  .filter(({ target }) => target !== '/v1/auth/session/events')
  .toSorted((a, b) => Number(ENDS_SESSION.test(a.target)) - Number(ENDS_SESSION.test(b.target)));

const resolve = (schema: Schema): Schema =>
  schema.$ref === undefined
    ? schema
    : (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});

/** All properties of a schema, those of its alternatives included. */
function propertiesOf(given: Schema): [string, Schema][] {
  const { properties = {}, anyOf = [], oneOf = [], allOf = [] } = resolve(given);
  return [...Object.entries(properties), ...[...anyOf, ...oneOf, ...allOf].flatMap(propertiesOf)];
}

/** A value that the schema may accept, with the canary where it can be. */
function toFitting(given: Schema): unknown {
  const schema = resolve(given);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'array') return [CANARY];
  if (schema.type === 'object') return { note: CANARY };
  return schema.format === 'email' ? `${CANARY}@example.com` : CANARY;
}

const toBodies = ({ requestBody }: Operation): (object | undefined)[] => {
  const [content] = Object.values(requestBody?.content ?? {});
  if (!content) return [undefined];
  const properties = propertiesOf(content.schema);
  return [
    Object.fromEntries(properties.map(([name, schema]) => [name, toFitting(schema)])),
    Object.fromEntries(properties.map(([name]) => [name, CANARY])),
    // Without what only some of the alternatives take.
    Object.fromEntries(
      properties
        .filter(([name]) =>
          /^(?:email|username|password|connection|code|refresh_token|mfa_handle)$/.test(name),
        )
        .map(([name, schema]) => [name, toFitting(schema)]),
    ),
  ];
};

function toTarget(target: string, { parameters = [] }: Operation): string {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const search = new URLSearchParams(Object.fromEntries(query.map(({ name }) => [name, CANARY]))).toString();
  // The audit log names the customer.
  const path = target.replace('{key}', 'a-customer').replaceAll(/\{\w+\}/g, CANARY);
  return `${path}${search && `?${search}`}`;
}

const HEADERS = Object.fromEntries(
  [
    'User-Agent',
    'Referer',
    'Accept-Language',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'Forwarded',
    'Via',
    'From',
    'X-Api-Key',
    'X-MFA-Handle',
    'DPoP',
    'traceparent',
    'tracestate',
    'baggage',
    'If-None-Match',
    'Purpose',
  ].map((name) => [name, CANARY]),
);
const COOKIES = `${CANARY}=${CANARY}; gatehouse-tx-1=${CANARY}`;

let world: World;
let upstream: RecordingUpstream;
let collector: Awaited<ReturnType<typeof startCollector>>;
let admin: string;
let users = 0;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const routes = [{ path: '/upstream/*', methods: ['GET', 'POST'], upstream: upstream.url, guard: 'public' }];
  const file = join(makeFolder({ 'routes.json': JSON.stringify({ routes }) }), 'routes.json');
  collector = await startCollector();
  // The exporter reads it from the environment.
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  const tracing = await createOpenTelemetry({
    variables: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '50' },
    version: '0.0.0',
    storeKind: 'sqlite',
    log: { warn: () => undefined },
  });
  const env = { RATE_LIMIT_ENABLED: 'false', LOG_LEVEL: 'trace', ROUTES_FILE: file };
  world = await startWorld(env, undefined, tracing);
  admin = (await createAdmin(world)).token;
});
afterAll(async () => {
  await world.close();
  await collector.close();
  await upstream.close();
  vi.unstubAllEnvs();
});

type Identities = readonly Readonly<Record<string, string | undefined>>[];

/** The headers of a caller without credentials, of one with forged ones, of a user and of an administrator. */
async function toIdentities(): Promise<Identities> {
  const { cookies } = await signInUser(world.url, `${CANARY}-${users++}@example.com`);
  return [
    { Cookie: COOKIES },
    { Authorization: `Bearer ${CANARY}`, Origin: `https://${CANARY}.example` },
    { Authorization: `Basic ${CANARY}`, Cookie: `gatehouse=${CANARY}.${CANARY}`, 'X-CSRF': CANARY },
    { Cookie: `gatehouse=${cookies.get('gatehouse')}; ${COOKIES}`, 'X-CSRF': '1' },
    { ...asBearer(admin) },
  ];
}
/** Sends every operation with canaries in all that it takes. Returns the statuses of the answers; an error never repeats a canary. */
async function sendAll(
  identities: Identities,
  all: typeof operations = operations,
  bodiesOf = toBodies,
): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (const { method, target, operation } of all) {
    const asked = identities.flatMap((identity) =>
      bodiesOf(operation).map(async (body) => {
        const headers = Object.entries({
          ...HEADERS,
          ...(body && { 'Content-Type': 'application/json' }),
          ...identity,
        }).filter((entry): entry is [string, string] => entry[1] !== undefined);
        const answer = await fetch(`${world.url}${toTarget(target, operation)}`, {
          method,
          redirect: 'manual',
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        statuses.add(answer.status);
        if (answer.status >= 400)
          expect([method, target, text]).toEqual([method, target, withoutCanary(text)]);
      }),
    );
    await Promise.all(asked);
  }
  return statuses;
}

const withoutCanary = (text: string): string => text.replaceAll(new RegExp(CANARY, 'gi'), '…');

async function expectUntold(): Promise<void> {
  const metrics = await (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text();
  expect(world.lines.filter((line) => JSON.stringify(line).toLowerCase().includes(CANARY))).toEqual([]);
  expect(metrics.toLowerCase()).not.toContain(CANARY);
}

const MEMBERS = [
  'access_token',
  'id_token',
  'refresh_token',
  'token_type',
  'scope',
  'mfa_token',
  'oob_code',
  'barcode_uri',
  '_id',
  'user_id',
  'email',
  'username',
  'name',
  'message',
  'statusCode',
  'errorCode',
  'description',
  'policy',
  'ticket',
  'client_id',
  'client_secret',
  'next',
  'picture',
  'nickname',
  'secret',
  'recovery_codes',
];
const toReply = (error: string) => ({
  ...Object.fromEntries(MEMBERS.map((name) => [name, CANARY])),
  error,
  error_description: CANARY,
});
const REPLIES: readonly [string, object][] = [
  ['a success with unexpected members', { status: 200, body: { ...toReply(CANARY), expires_in: 3600 } }],
  ['a text', { status: 200, body: `<h1>${CANARY}</h1>`, headers: { 'Content-Type': 'text/html' } }],
  ['an unknown error', { status: 400, body: toReply(CANARY) }],
  ['a known error with an unknown text', { status: 403, body: toReply('invalid_grant') }],
  ['a required second factor', { status: 403, body: toReply('mfa_required') }],
  ['a misconfiguration', { status: 401, body: toReply('invalid_client') }],
  ['a denial', { status: 403, body: { ...toReply('access_denied'), error_description: `${CANARY} !` } }],
  ['a rate limit', { status: 429, body: toReply('too_many_requests'), headers: { 'Retry-After': CANARY } }],
  ['a redirect', { status: 302, headers: { Location: `https://${CANARY}.example/` } }],
  ['an internal error', { status: 500, body: toReply(CANARY) }],
];

describe('a secret', { timeout: 60_000 }, () => {
  it('in any field, parameter, header or cookie of any operation is in no log line, metric or error', async () => {
    const statuses = await sendAll(await toIdentities());
    for (const status of [200, 400, 401, 403, 404]) expect([...statuses]).toContain(status);
    await expectUntold();
  });

  it.each(REPLIES)('in %s of the tenant is in no log line, metric or error', async (_, reply) => {
    const [nobody = {}, , , user = {}, administrator = {}] = await toIdentities();
    await breakTenant(world, [{ method: '*', path: '^/(?!_tenant|\\.well-known)', times: 1000, ...reply }]);
    await sendAll(
      [nobody, user, administrator],
      operations.filter(({ target }) => target.startsWith('/v1/')),
      (operation) => toBodies(operation).slice(-1),
    );
    await expectUntold();
    await restoreTenant(world);
  });

  it('in a request that is not HTTP is in no log line, metric or error', async () => {
    for (const bytes of [
      `${CANARY} / HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET http://${CANARY}.example/ HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET /${CANARY}%00 HTTP/1.1\r\nHost: a\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${CANARY} ${CANARY}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\n${CANARY} : x\r\n\r\n`,
      `GET / ${CANARY}/1.1\r\nHost: a\r\n\r\n`,
      `POST /v1/auth/signin HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${CANARY}\r\n\r\n${CANARY}`,
      `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: ${CANARY}\r\nConnection: upgrade\r\n\r\n`,
      `CONNECT ${CANARY}:443 HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]) {
      const [answer] = await sendRawRequest(world.gateway.port, bytes);
      expect([bytes, answer?.body]).toEqual([bytes, withoutCanary(answer?.body ?? '')]);
    }
    await expectUntold();
  });

  it('in the answer of an upstream is passed on, and is in no log line and no metric', async () => {
    for (const status of [200, 400, 500, 503]) {
      upstream.answer = (_request, response) =>
        void response.writeHead(status, { 'X-Secret': CANARY, 'Set-Cookie': `a=${CANARY}` }).end(CANARY);
      const answer = await fetch(`${world.url}/upstream/${CANARY}?q=${CANARY}`, { headers: HEADERS });
      expect(await answer.text()).toBe(CANARY);
    }
    await expectUntold();
  });

  it('in any of these is in no span of a trace', async () => {
    // After all others.
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await fetch(`${world.url}/nowhere`, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    await vi.waitUntil(() => collector.text().includes(traceId), { timeout: 15_000, interval: 50 });
    expect(collector.spans().length).toBeGreaterThan(500);
    expect(collector.text().toLowerCase()).not.toContain(CANARY);
  });
});
