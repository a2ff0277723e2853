import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Certificates, issueCertificates } from '../../packages/tenant/test/support/certificates.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type StaticSite, startStaticSite } from '../stories/frontend/static-site.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { endWithRun } from '../support/programs.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { describeWith, pathOf } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { adapt, readBlock } from './support/page-block.ts';

const PAGE = 'docs/how-to/same-origin.md';
const HOST = 'app.acme.example';
const CALLER = '127.0.0.66';
const FRONTEND = '<!doctype html><title>The frontend</title>';

/** What a configuration of the page refers to. */
interface Parts {
  readonly folder: string;
  /** The port of the proxy; the next one is free too. */
  readonly port: number;
  /** The address of the gateway. */
  readonly gateway: string;
  /** The address of a server of the frontend. */
  readonly pages: string;
  readonly certificates: Certificates;
}

/** A proxy: the configuration of the page for these parts, and the command that runs it. */
interface Proxy {
  readonly program: 'nginx' | 'caddy' | 'haproxy';
  readonly toConfiguration: (parts: Parts) => string;
  readonly args: readonly string[];
}

const PROXIES: readonly Proxy[] = [
  {
    program: 'nginx',
    toConfiguration({ folder, port, gateway }) {
      const block = adapt(readBlock(PAGE, 'proxy_pass'), {
        'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
        '127.0.0.1:3000': gateway,
        '/srv/frontend': folder,
        '/etc/ssl/app.pem': `${folder}/app.pem`,
        '/etc/ssl/app.key': `${folder}/app.key`,
      });
      return `user root; pid ${folder}/nginx.pid; daemon off; error_log stderr; events {}
        http { include /etc/nginx/mime.types; access_log off; ${block} }`;
    },
    args: ['-c', 'configuration', '-e', 'stderr', '-p', '.'],
  },
  {
    program: 'caddy',
    toConfiguration: ({ folder, port, gateway }) => `{
        admin off
        https_port ${port}
        http_port ${port + 1}
        local_certs
        skip_install_trust
      }
      ${adapt(readBlock(PAGE, 'reverse_proxy'), { '127.0.0.1:3000': gateway, '/srv/frontend': folder })}`,
    args: ['run', '--config', 'configuration', '--adapter', 'caddyfile'],
  },
  {
    program: 'haproxy',
    toConfiguration: ({ folder, port, gateway, pages }) =>
      adapt(readBlock(PAGE, 'default_backend'), {
        'bind :443': `bind 127.0.0.1:${port}`,
        '/etc/haproxy/app.pem': `${folder}/app.pem`,
        '127.0.0.1:3000': gateway,
        '127.0.0.1:8080': pages,
      }),
    args: ['-f', 'configuration'],
  },
];

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request to the proxy from the address of a caller, by TLS and the host name of the page. Resolves to the head. */
async function open(port: number, to: string, { method, headers, body }: Call = {}) {
  const sent = request({
    host: '127.0.0.1',
    port,
    localAddress: CALLER,
    servername: HOST,
    rejectUnauthorized: false,
    agent: false,
    path: to,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      Host: HOST,
      'Sec-Fetch-Site': 'same-origin',
      'X-CSRF': '1',
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer;
}

async function call(port: number, to: string, options: Call = {}) {
  const answer = await open(port, to, options);
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

for (const { program, toConfiguration, args } of PROXIES)
  describeWith(program, `${program}, as ${PAGE} configures it`, () => {
    let upstream: RecordingUpstream;
    let sockets: WebSocketServer;
    let pages: StaticSite;
    let world: World;
    let proxy: ChildProcess;
    let port: number;
    beforeAll(async () => {
      const certificates = await issueCertificates(systemClock, HOST);
      [upstream, pages] = await Promise.all([startRecordingUpstream(), startStaticSite()]);
      sockets = new WebSocketServer({ server: upstream.server });
      sockets.on('connection', (socket) =>
        socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`)),
      );
      const rows = [
        { path: '/api/echo', methods: ['GET'], websocket: true },
        { path: '/api/files', methods: ['POST'], max_body: '10MB' },
      ].map((row) => ({ ...row, upstream: upstream.url, guard: 'public' }));
      const folder = makeFolder({
        'routes.json': JSON.stringify({ routes: rows }),
        'index.html': FRONTEND,
        'app.pem': `${certificates.certPem}\n${certificates.keyPem}`,
        'app.key': certificates.keyPem,
      });
      pages.files['/'] = FRONTEND;
      world = await startWorld({
        PUBLIC_URL: `https://${HOST}`,
        TRUST_PROXY: '127.0.0.1',
        ROUTES_FILE: path.join(folder, 'routes.json'),
        RATE_LIMIT_ENABLED: 'false',
      });
      port = await findFreePorts(2);
      const gateway = `127.0.0.1:${world.gateway.port}`;
      const parts = { folder, port, gateway, pages: `127.0.0.1:${pages.port}`, certificates };
      writeFileSync(path.join(folder, 'configuration'), toConfiguration(parts));
      proxy = endWithRun(
        spawn(pathOf(program), args, {
          cwd: folder,
          env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
          stdio: ['ignore', 'ignore', 'pipe'],
        }),
      );
      let complaints = '';
      proxy.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
      const isUp = async (): Promise<void> => {
        expect(proxy.exitCode, complaints).toBeNull();
        expect((await call(port, '/')).text).toBe(FRONTEND);
        expect((await call(port, '/v1/auth/session')).status).toBe(200);
      };
      await vi.waitFor(isUp, { timeout: 15_000 });
    });
    afterAll(async () => {
      proxy?.kill('SIGKILL');
      sockets?.close();
      await Promise.all([upstream?.close(), pages?.close()]);
      await world?.close();
    });

    it(`${program} passes the gateway's paths on, and serves the frontend at the others`, async () => {
      for (const [to, status] of [
        ['/v1/auth/session', 200],
        ['/api/location/geocode?q=Oslo', 401],
        ['/problems', 200],
        ['/problems/not_found', 200],
        ['/.well-known/oauth-protected-resource', 200],
        ['/v1/none', 404],
      ] as const) {
        const answer = await call(port, to);
        expect({ to, status: answer.status }).toEqual({ to, status });
        expect(answer.headers['x-request-id']).toBeDefined();
      }
      const frontend = await call(port, '/');
      expect(frontend.headers['content-type']).toContain('text/html');
      expect(frontend.headers['x-request-id']).toBeUndefined();
      // A route of the single-page application, whose name begins like one of the gateway's.
      if (program !== 'haproxy') expect((await call(port, '/apis/of/mine')).text).toBe(FRONTEND);
    });

    it(`${program} carries a session, its events and its end`, async () => {
      const person = { email: 'ada@example.com', password: 'Correct-Horse-9' };
      const headers = { Origin: `https://${HOST}` };
      expect((await call(port, '/v1/auth/signup', { headers, body: person })).status).toBe(201);
      const signedIn = await call(port, '/v1/auth/signin', { headers, body: { ...person, mode: 'session' } });
      expect(signedIn.status).toBe(200);
      const [cookie = ''] = signedIn.headers['set-cookie']?.[0]?.split(';') ?? [];
      expect(cookie).toMatch(/^__Host-/);
      const events = await open(port, '/v1/auth/session/events', { headers: { Cookie: cookie } });
      let received = '';
      events.on('data', (chunk: Buffer) => (received += chunk.toString()));
      await eventually(() => received).toMatch(/retry:/);
      expect(events.complete).toBe(false);
      const asSession = { headers: { ...headers, Cookie: cookie } };
      expect((await call(port, '/v1/auth/session', asSession)).text).toContain('"authenticated":true');
      expect((await call(port, '/v1/auth/signout', { ...asSession, method: 'POST' })).status).toBe(200);
      await eventually(() => received).toMatch(/event: ?ended/);
    });

    it(`${program} lets a sign-in at the tenant come back to the origin of the page`, async () => {
      const navigation = {
        Accept: 'text/html',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
        'Sec-Fetch-Site': 'same-origin',
      };
      const login = await call(port, '/v1/auth/login', { headers: navigation });
      expect(login.status).toBe(303);
      const to = new URL(login.headers.location ?? '');
      expect(to.origin).toBe(world.tenant.origin);
      expect(to.searchParams.get('redirect_uri')).toBe(`https://${HOST}/v1/auth/callback`);
    });

    it(`${program} passes on the address of the client, whatever the client claims`, async () => {
      const headers = { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Host': 'evil.example' };
      const { headers: answered } = await call(port, '/v1/auth/session?touch=false', { headers });
      const line = () => world.lines.find(({ request_id: id }) => id === answered['x-request-id']);
      await eventually(() => line()?.['ip']).toBe(CALLER);
    });

    it(`${program} passes a body on that is larger than the usual limits of proxies`, async () => {
      const { status } = await call(port, '/api/files', { body: 'x'.repeat(3_000_000) });
      expect(status).toBe(200);
      expect(upstream.last().body.length).toBe(3_000_002);
    });

    it(`${program} passes WebSockets on`, async () => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}/api/echo`, {
        agent: new Agent({ servername: HOST, rejectUnauthorized: false }),
        headers: { Host: HOST, Origin: `https://${HOST}` },
      });
      await once(socket, 'open');
      socket.send('hello');
      const [data] = (await once(socket, 'message')) as [Buffer];
      expect(data.toString()).toBe('echo hello');
      socket.close();
      await once(socket, 'close');
    });
  });
