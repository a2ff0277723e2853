import { once } from 'node:events';
import path from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { createBrowser as createTenantBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { signInByRedirect } from '../../auth/redirect/support.ts';
import { callApi, password } from '../../session/support/person.ts';
import { type Browser, createBrowser } from '../../support/browser.ts';
import { makeFolder } from '../../support/folder.ts';
import { type OpenEvents, openEvents } from '../../support/open-events.ts';
import { startRecordingUpstream } from '../../support/recording-upstream.ts';
import type { World } from '../../support/world.ts';
import { type Bearer, signInForTokens } from './management.ts';

/** The upstream of streaming rows, and of a row that requires fresh permissions. */
export interface StreamingUpstream {
  /** For ROUTES_FILE. */
  readonly routesFile: string;
  close(): Promise<void>;
}

export async function startStreamingUpstream(): Promise<StreamingUpstream> {
  const upstream = await startRecordingUpstream();
  const sockets = new WebSocketServer({ server: upstream.server });
  upstream.answer = (request, response) => {
    if (request.url?.endsWith('events'))
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 1000\n\n');
    else response.end('fresh');
  };
  const row = { methods: ['GET'], upstream: upstream.url, guard: {} };
  const fresh = { ...row, guard: { fresh_permissions: true } };
  const routes = [
    { ...row, path: '/events', stream: true },
    { ...row, path: '/socket', websocket: true },
    { ...fresh, path: '/fresh' },
    { ...fresh, path: '/fresh-events', stream: true },
  ];
  const folder = makeFolder({ 'routes.json': JSON.stringify({ routes }) });
  return {
    routesFile: path.join(folder, 'routes.json'),
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await upstream.close();
    },
  };
}

/** A user with a session at the tenant and here, a token, and a stream of each kind open for both. */
export interface WatchedPerson extends Bearer {
  readonly email: string;
  readonly browser: Browser;
  /** The id of the session at the tenant. */
  readonly sid: string;
  /** The credentials and streams that still work. */
  readonly state: () => Promise<PersonState>;
  readonly close: () => void;
}

export interface PersonState {
  readonly session: boolean;
  readonly bearer: boolean;
  /** At a row that requires fresh permissions. */
  readonly fresh: boolean;
  /** Streams of the session: its own events, and an event stream and a WebSocket of an upstream. */
  readonly sessionStreams: readonly boolean[];
  readonly bearerStreams: readonly boolean[];
  /** The event stream of a row that requires fresh permissions, by token and by session. */
  readonly freshStream: boolean;
  readonly sessionFreshStream: boolean;
}

interface OpenSocket {
  readonly isOver: boolean;
  close(): void;
}

async function openSocket(url: string, headers: Readonly<Record<string, string>>): Promise<OpenSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`, { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return {
    get isOver() {
      return socket.readyState === WebSocket.CLOSED;
    },
    close: () => socket.terminate(),
  };
}

/** The cookies of a browser, as one header. */
export const toCookie = ({ cookies }: Browser): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Signs a new user up and in, and opens the streams at a gateway of the tenant. */
export async function startWatchedPerson(
  world: World,
  email: string,
  url = world.url,
): Promise<WatchedPerson> {
  const bearer = await signInForTokens(world.url, email, password);
  const atTenant = createTenantBrowser();
  await signInByRedirect(atTenant, world, {}, { email, password });
  const browser = createBrowser(url);
  browser.cookies.set('gatehouse', atTenant.cookies.get('gatehouse') ?? '');
  const [session] = world.tenantContext.state.browserSessions.find('user_id', bearer.id);
  const ofSession = {
    Cookie: toCookie(browser),
    Origin: world.gateway.publicUrl,
    'Sec-Fetch-Site': 'same-origin',
  };
  const ofBearer = { Authorization: `Bearer ${bearer.token}` };
  const sessionStreams: (OpenEvents | OpenSocket)[] = [
    await openEvents(`${url}/v1/auth/session/events`, ofSession),
    await openEvents(`${url}/events`, ofSession),
    await openSocket(url, ofSession),
  ];
  const bearerStreams: (OpenEvents | OpenSocket)[] = [
    await openEvents(`${url}/events`, ofBearer),
    await openSocket(url, ofBearer),
  ];
  const freshStream = await openEvents(`${url}/fresh-events`, ofBearer);
  const sessionFreshStream = await openEvents(`${url}/fresh-events`, ofSession);
  const isOpen = ({ isOver }: { readonly isOver: boolean }): boolean => !isOver;
  return {
    ...bearer,
    email,
    browser,
    sid: session?.sid ?? '',
    async state() {
      const [ofBrowser, ofToken, ofFresh] = await Promise.all([
        callApi(browser),
        bearer.call(url),
        fetch(`${url}/fresh`, { headers: ofBearer }),
      ]);
      return {
        session: ofBrowser.status === 200,
        bearer: ofToken.status === 200,
        fresh: ofFresh.status === 200,
        sessionStreams: sessionStreams.map(isOpen),
        bearerStreams: bearerStreams.map(isOpen),
        freshStream: isOpen(freshStream),
        sessionFreshStream: isOpen(sessionFreshStream),
      };
    },
    close() {
      for (const stream of [...sessionStreams, ...bearerStreams, freshStream, sessionFreshStream])
        stream.close();
    },
  };
}

/** The state of a user after a partial revocation. */
export function toState(works: {
  readonly session: boolean;
  readonly bearer: boolean;
  readonly fresh: boolean;
}) {
  const { session, bearer, fresh } = works;
  return {
    ...works,
    sessionStreams: [session, session, session],
    bearerStreams: [bearer, bearer],
    freshStream: fresh,
    sessionFreshStream: session && fresh,
  };
}
