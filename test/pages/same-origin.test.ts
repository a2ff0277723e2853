import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeFolder } from '../support/folder.ts';
import { navigate } from '../support/navigate.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';
import { adapt, readBlock } from './support/page-block.ts';

const PAGE = 'docs/how-to/same-origin.md';
const NEXT = 'http://localhost:3000';

interface Rewrite {
  readonly source: string;
  readonly destination: string;
}

/** Runs a module of a page, and returns its exports. */
const runModule = async <T>(text: string): Promise<T> =>
  (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as T;

describe('the blocks of the page about one origin, at a gateway', () => {
  let upstream: RecordingUpstream;
  let world: World;
  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    const text = adapt(readBlock(PAGE, 'path: /*'), { 'http://frontend:8080': upstream.url });
    const { routes } = parse(text) as { readonly routes: readonly object[] };
    const below = { path: '/api/gateway/*', methods: ['GET'], upstream: upstream.url, guard: 'public' };
    const folder = makeFolder({ 'routes.json': JSON.stringify({ routes: [...routes, below] }) });
    world = await startWorld({
      PUBLIC_URL: NEXT,
      ROUTES_FILE: path.join(folder, 'routes.json'),
      RATE_LIMIT_ENABLED: 'false',
    });
  });
  afterAll(async () => {
    await world.close();
    await upstream.close();
  });

  it('the row for /* passes on what no other row takes, without X-CSRF', async () => {
    for (const at of ['/', '/orders/7?open=1', '/picture.svg']) {
      const { status } = await fetch(`${world.url}${at}`, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
      expect({ status, url: upstream.last().url }).toEqual({ status: 200, url: at });
    }
    upstream.seen.length = 0;
    for (const at of ['/v1/none', '/problems/none', '/healthz', '/api/location/geocode'])
      await fetch(`${world.url}${at}`);
    expect(upstream.seen).toEqual([]);
  });

  it('the development servers of Angular and Vite pass the same paths on', async () => {
    const { default: vite } = await runModule<{ default: { readonly server: { readonly proxy: object } } }>(
      readBlock(PAGE, 'vite.config.js'),
    );
    expect(JSON.parse(readBlock('docs/how-to/angular.md', '"target"'))).toEqual(vite.server.proxy);
    expect(Object.keys(vite.server.proxy)).toContain('/v1');
  });

  it('the rewrites of Next.js lead to the paths of the gateway, and a sign-in comes back to the page', async () => {
    const text = adapt(readBlock(PAGE, 'next.config.js'), { 'http://localhost:4000': world.url });
    const { default: config } = await runModule<{
      default: { readonly rewrites: () => Promise<readonly Rewrite[]> };
    }>(text);
    const rewrites = await config.rewrites();
    const toAddress = (at: string): string | undefined => {
      const found = rewrites.find(({ source }) => at.startsWith(source.replace(/:path\*$/, '')));
      return found?.destination.replace(':path*', at.slice(found.source.length - ':path*'.length));
    };
    expect(await (await fetch(toAddress('/v1/auth/session') ?? '')).json()).toEqual({ authenticated: false });
    expect((await fetch(toAddress('/api/gateway/orders/7') ?? '')).status).toBe(200);
    expect(upstream.last().url).toBe('/api/gateway/orders/7');
    expect(toAddress('/api/own-of-next')).toBeUndefined();
    const login = await navigate(world.url, new URL(toAddress('/v1/auth/login') ?? '').pathname);
    expect(new URL(login.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
      `${NEXT}/v1/auth/callback`,
    );
  });

  it('a server component of Next.js learns the user from the cookie of its request', async () => {
    const person = { email: 'ada@example.com', password: 'Correct-Horse-9' };
    const send = (at: string, body: object) =>
      fetch(`${world.url}${at}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    await send('/v1/auth/signup', person);
    const signedIn = await send('/v1/auth/signin', { ...person, mode: 'session' });
    const [cookie] = signedIn.headers.getSetCookie()[0]?.split(';') ?? [];
    const text = adapt(readBlock('docs/how-to/migrate-from-nextjs-auth0.md', 'next/headers'), {
      "import { cookies } from 'next/headers';": `const cookies = async () => ${JSON.stringify(cookie)};`,
      'http://localhost:4000': world.url,
    });
    const { getSession } = await runModule<{ getSession: () => Promise<object> }>(text);
    expect(await getSession()).toMatchObject({ authenticated: true, user: { email: person.email } });
  });
});
