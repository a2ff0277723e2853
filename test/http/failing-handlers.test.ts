import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createCsrfCheck } from '../../src/browser/csrf.ts';
import { createOrigins } from '../../src/browser/origins.ts';
import { createClientAddress } from '../../src/http/client-address.ts';
import { createDispatch } from '../../src/http/dispatch.ts';
import { createEdge } from '../../src/http/edge.ts';
import { createErrorHandler } from '../../src/http/error-handler.ts';
import { createEventStreams } from '../../src/http/event-stream.ts';
import { createWriter } from '../../src/http/reply.ts';
import { defineRoute, type Reply } from '../../src/http/route.ts';
import { createSharedPlaces } from '../../src/limits/places.ts';

const secret = 'CANARY-of-a-fault';
const publicUrl = 'http://localhost:3000';

const failures: Record<string, () => Reply | Promise<Reply>> = {
  throws: () => {
    throw new TypeError(secret);
  },
  rejects: () => Promise.reject(new Error(secret, { cause: secret })),
  'throws-late': async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw Object.assign(new RangeError(secret), {
      status: 404,
      statusCode: 404,
      headers: { 'X-Leak': secret },
    });
  },
  'throws-text': () => Promise.reject(secret),
  'throws-nothing': () => Promise.reject(undefined),
  'answers-circles': () => {
    const body: Record<string, unknown> = { secret };
    body['self'] = body;
    return { status: 200, body };
  },
  'answers-a-split': () => ({ status: 200, headers: { Location: `/\r\nX-Leak: ${secret}` } }),
};

let server: Server;
let url: string;
const told: { readonly error: unknown; readonly id: string }[] = [];

beforeAll(async () => {
  const rows = Object.entries(failures).map(([name, handler]) =>
    defineRoute({
      method: 'GET',
      path: `/v1/${name}`,
      guard: 'public',
      operationId: name,
      summary: name,
      tag: 'Failures',
      responses: { 200: { description: 'never' } },
      errors: [],
      handler,
    }),
  );
  const origins = createOrigins({
    publicUrl,
    allowedOrigins: [],
    allowLocalhostOrigins: false,
    tokenModeOrigins: [],
  });
  const writer = createWriter({
    securityHeaders: [],
    onAnswered: () => undefined,
    isDraining: () => false,
    eventStreams: createEventStreams(),
  });
  const app = createApp();
  const { findRow, serve } = createDispatch(rows, {
    origins,
    makeGuard: () => () => {
      throw new Error('not asked');
    },
    csrf: createCsrfCheck(origins, 'gatehouse'),
    toBrowserCheck: () => undefined,
    defaultAudience: 'urn:api',
    writer,
    limitCaller: undefined,
  });
  app.use(
    createEdge({
      toRequestId: (received) => received ?? 'an-id',
      toClientAddress: createClientAddress(undefined, { warn: () => undefined }),
      origins,
      inFlight: createSharedPlaces(100, { share: 1, isExempt: () => false }),
      findRow,
    }),
  );
  app.use(serve);
  app.use(
    createErrorHandler({
      publicUrl,
      toLoginPath: () => '/v1/auth/login',
      isForOperator: false,
      writer,
      onUnexpected: (error, id) => told.push({ error, id }),
    }),
  );
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

describe('a handler of the gateway that fails', () => {
  it.each(Object.keys(failures))('%s: one 500 without details, logged with its request id', async (name) => {
    told.length = 0;
    const answer = await fetch(`${url}/v1/${name}`, { headers: { 'X-Request-Id': `id-${name}` } });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      type: `${publicUrl}/problems/internal`,
      title: expect.any(String),
      status: 500,
      detail: expect.any(String),
      code: 'internal',
      request_id: `id-${name}`,
    });
    expect(text).not.toMatch(/CANARY|at .*\.ts|node_modules|Error/);
    expect(answer.headers.get('x-leak')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(told.map(({ id }) => id)).toEqual([`id-${name}`]);
  });
});
