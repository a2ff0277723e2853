import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { bearerHeader, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

const routeFile = path.resolve('src/http/route.ts');
const module = `
import { defineRoute } from ${JSON.stringify(routeFile)};
import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
export default [
  defineRoute({
    method: 'GET', path: '/api/hello', guard: { scopes: ['read:things'] }, operationId: 'hello', summary: 'Hello',
    tag: 'Hello', query: z.strictObject({ name: z.string() }),
    responses: { 200: { description: 'Hello', schema: z.object({ hello: z.string() }) } }, errors: [],
    handler: ({ query }) => ({ status: 200, body: { hello: query.name, secret: 'kept' } }),
  }),
];
`;

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const file = path.join(makeFolder({ 'routes.ts': module }), 'routes.ts');
  world = await startProxyWorld(
    [
      {
        path: '/api/*',
        methods: ['GET', 'POST'],
        upstream: upstream.url,
        guard: { scopes: ['read:things'] },
        limit: { per_caller: '1000/min' },
        summary: 'Everything else',
      },
    ],
    { ROUTES_MODULE: file },
  );
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});

describe("an operator's rows", () => {
  it('of a module are served like the gateway’s own, together with those of the file', async () => {
    const answer = await fetch(`${world.url}/api/hello?name=you`, { headers: bearerHeader() });
    expect(await answer.json()).toEqual({ hello: 'you' });
    expect((await fetch(`${world.url}/api/hello?name=you`)).status).toBe(401);
    expect((await fetch(`${world.url}/api/hello`, { headers: bearerHeader() })).status).toBe(400);
    expect(upstream.seen).toEqual([]);
    expect((await fetch(`${world.url}/api/other`, { headers: bearerHeader() })).status).toBe(200);
  });

  it('are in the API document, with or without an upstream', async () => {
    const document = (await (await fetch(`${world.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { summary: string; security: unknown; parameters?: unknown[] }>>;
    };
    expect(document.paths['/api/hello']?.['get']).toMatchObject({ summary: 'Hello' });
    const proxied = document.paths['/api/{rest}'];
    expect(Object.keys(proxied ?? {})).toEqual(['get', 'post']);
    expect(proxied?.['get']).toMatchObject({
      summary: 'Everything else',
      security: expect.arrayContaining([{ bearer: ['read:things'] }]),
      parameters: [{ in: 'path', name: 'rest' }],
      responses: { 200: {}, 401: {}, 413: {}, 502: {}, 503: {}, 504: {} },
    });
    expect(JSON.stringify(document)).not.toContain(upstream.url);
  });

  it('have metadata that their challenges refer to', async () => {
    const refused = await fetch(`${world.url}/api/other`);
    const [, url = ''] =
      /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
    const metadata = await fetch(url.replace(world.gateway.publicUrl, world.url));
    expect(await metadata.json()).toMatchObject({ scopes_supported: ['read:things'] });
  });

  it('get OPTIONS answered by the gateway, with the methods of the row', async () => {
    upstream.seen.length = 0;
    const answer = await fetch(`${world.url}/api/other`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
    expect(upstream.seen).toEqual([]);
  });

  it('show the remaining limit only in the gateway’s headers', async () => {
    upstream.answer = (_request, response) =>
      void response.writeHead(200, { RateLimit: '"theirs";r=1', 'X-Other': '1' }).end();
    const answer = await fetch(`${world.url}/api/other`, { headers: bearerHeader() });
    expect(answer.headers.get('ratelimit')).toMatch(/^"route GET\|POST \/api\/\*";r=\d+;t=\d+$/);
    expect(answer.headers.get('x-other')).toBe('1');
    upstream.answer = undefined;
  });
});
