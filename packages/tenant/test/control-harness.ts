import { connect } from 'node:net';
import express from 'express';
import { createControl } from '../src/control/control-routes.ts';
import type { ControlDeps } from '../src/control/control-rows.ts';
import { createFaults } from '../src/control/faults.ts';
import { createRequestRecorder } from '../src/control/request-recorder.ts';
import { createTravelClock, type TravelClock } from '../src/lib/clock.ts';
import { createHostGuard } from '../src/transport/host-guard.ts';
import { issueCertificates } from '../src/transport/issue-certificates.ts';
import { listenTransport } from '../src/transport/listen-transport.ts';

export interface Shell {
  readonly port: number;
  readonly url: string;
  readonly caPem: string;
  readonly clock: TravelClock;
  /** The number of requests that reached the endpoint. */
  readonly served: () => number;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends raw bytes and returns the complete response. */
  raw(text: string): Promise<string>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert on every member that they read
  readonly body: any;
}

/** The tenant's middleware around an endpoint that accepts JSON and forms and answers `{"served": true}`. */
export async function startShell(
  deps: Partial<ControlDeps> = {},
  options: { readonly allowRemote?: boolean } = {},
): Promise<Shell> {
  const clock = createTravelClock();
  const faults = createFaults();
  const requests = createRequestRecorder({ clock });
  const { caPem, certPem: cert, keyPem: key } = await issueCertificates(clock);
  const transport = await listenTransport({ host: '127.0.0.1', port: 0, tls: { key, cert } });
  const { port } = transport;
  let served = 0;
  const app = express();
  const access = { port, domain: 'localhost', controlToken: options.allowRemote ? 'a-token' : undefined };
  app.use(createHostGuard(access));
  app.use(requests.middleware, faults.middleware);
  const nothing = () => {
    throw new Error('there is no store behind this shell');
  };
  const none = { list: () => [], rotate: async () => undefined, remove: async () => false };
  app.use(
    '/_tenant',
    createControl(
      {
        clock,
        faults,
        requests,
        inbox: none,
        actionLog: none,
        keys: none,
        revokeUser: () => false,
        revokeClient: () => false,
        revokeFamily: () => false,
        keeper: { export: nothing, import: nothing, seed: nothing, reset: nothing },
        credentials: () => undefined,
        recipe: () => undefined,
        listCredentials: () => [],
        about: {
          issuer: `https://localhost:${port}/`,
          url: `http://localhost:${port}`,
          data: ':memory:',
          ca_pem: caPem,
        },
        resetTools: nothing,
        signInAs: nothing,
        factors: { totp: () => [], answerPush: () => false },
        sendLogout: async () => ({ missing: 'The user does not exist.' }),
        ...deps,
      },
      access,
    ),
  );
  app.use(express.json({ strict: false }), express.urlencoded({ extended: false }));
  app.use((_request, response) => {
    served += 1;
    response.json({ served: true });
  });
  transport.serve(app);
  const url = `http://localhost:${port}`;
  return {
    port,
    url,
    caPem,
    clock,
    served: () => served,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    async raw(text) {
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString();
      });
      socket.on('error', () => undefined);
      socket.write(text);
      await new Promise((resolve) => socket.once('close', resolve));
      return answer;
    },
    close: () => transport.close(),
  };
}
