import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type StaticSite, startStaticSite } from '../../../../test/stories/frontend/static-site.ts';
import { startChromium } from '../../../../test/support/chromium.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import {
  type RecordingUpstream,
  startRecordingUpstream,
} from '../../../../test/support/recording-upstream.ts';
import { startWorld, type World } from '../../../../test/support/world.ts';
import { type BuiltClient, useClient } from './build-client.ts';

export const password = 'Correct-Horse-9';
export const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** The location of the test page: behind the gateway, on its origin, or on another port. */
export const places = ['the same origin', 'another port'] as const;
export type Place = (typeof places)[number];

/** A gateway with its tenant, a page that uses the built client, a service behind the gateway, and Chromium. */
export interface ClientStage {
  readonly world: World;
  readonly client: BuiltClient;
  /** Serves the page on another port; tests can add files. */
  readonly site: StaticSite;
  /** Pages of an origin that the gateway does not allow. */
  readonly stranger: StaticSite;
  /** Upstream of `/api/things`, `/api/recent` and `/api/strong`, which accept sessions. */
  readonly upstream: RecordingUpstream;
  readonly chromium: Browser;
  /** The address of the page. */
  urlOf(place: Place): string;
  /** A tab with the page; by default in a new browser. */
  open(place: Place, context?: BrowserContext): Promise<Page>;
  close(): Promise<void>;
}

const page = `<!doctype html>
<html lang="en">
<title>A page</title>
<link rel="icon" href="data:,">
<script type="module">
import { createGatehouse, GatehouseError } from './client/index.js';
const gateway = location.pathname.startsWith('/app/') ? undefined : { baseUrl: GATEWAY };
window.gatehouse = createGatehouse(gateway);
window.gatewayOptions = gateway;
window.createGatehouse = createGatehouse;
window.GatehouseError = GatehouseError;
</script>
<body><h1>A page</h1></body>
</html>
`;

export interface ClientStageOptions {
  /** The tenant's MFA policy. Default: none. */
  readonly guardian?: object;
  /** Other content of the tenant's seed. */
  readonly seed?: object;
  /** More rows of the routes file; their upstream is the one of the stage. */
  readonly rows?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startClientStage(options: ClientStageOptions = {}): Promise<ClientStage> {
  const folder = makeFolder();
  const write = (name: string, content: object): string => {
    writeFileSync(path.join(folder, name), JSON.stringify(content));
    return path.join(folder, name);
  };
  const [client, site, stranger, upstream, chromium] = await Promise.all([
    useClient(),
    startStaticSite(),
    startStaticSite(),
    startRecordingUpstream(),
    startChromium(),
  ]);
  const methods = ['GET', 'POST'];
  const own = { methods, upstream: upstream.url, token: 'user' };
  const routes = [
    { ...own, path: '/api/things', guard: { user: true } },
    { ...own, path: '/api/recent', guard: { user: true, max_age: 300 } },
    { ...own, path: '/api/strong', guard: { user: true, acr: [multiFactor] } },
    ...(options.rows ?? []).map((row) => ({ ...row, upstream: upstream.url })),
    {
      path: '/app/*',
      methods: ['GET'],
      upstream: `http://127.0.0.1:${site.port}`,
      rewrite: '/',
      guard: 'public',
    },
  ];
  const { guardian } = options;
  const seed =
    guardian || options.seed
      ? write('seed.json', { ...options.seed, ...(guardian && { guardian }) })
      : undefined;
  const env = {
    ALLOWED_ORIGINS: site.origin,
    RATE_LIMIT_ENABLED: 'false',
    ROUTES_FILE: write('routes.json', { routes }),
    ...options.env,
  };
  const world = await startWorld(env, seed);
  const gateway = world.gateway.publicUrl;
  site.files['/'] = page.replace('GATEWAY', JSON.stringify(gateway));
  for (const [name, text] of Object.entries(client.scripts)) site.files[`/client/${name}`] = text;
  stranger.files['/'] = '<!doctype html><title>A stranger</title>';
  const urlOf = (place: Place): string => (place === 'another port' ? `${site.origin}/` : `${gateway}/app/`);
  return {
    world,
    client,
    site,
    stranger,
    upstream,
    chromium,
    urlOf,
    async open(place, context) {
      const tab = await (context ?? (await chromium.newContext({ reducedMotion: 'reduce' }))).newPage();
      await tab.goto(urlOf(place));
      await isReady(tab);
      return tab;
    },
    async close() {
      await chromium.close();
      await Promise.all([site, stranger, upstream].map((each) => each.close()));
      await world.close();
    },
  };
}

/** Waits until the page has created its client. */
export async function isReady(tab: Page): Promise<void> {
  await tab.waitForFunction('window.gatehouse !== undefined');
}

/** The members of a `GatehouseError`. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly retryAfterS?: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever comes
  readonly problem?: any;
}

/**
 * Runs statements on the page, with its client as `gatehouse`, and returns their result. A `GatehouseError` is returned
 * as `{ refused }`.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever comes
export const run = (tab: Page, statements: string): Promise<any> =>
  tab.evaluate(`(async () => {
    try {
      return await (async () => {
        ${statements}
      })();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      const { code, status, detail, problem, retryAfterS } = error;
      return { refused: { code, status, detail, problem, retryAfterS } };
    }
  })()`);

/** The same, for statements that must be refused. */
export async function refusalOf(tab: Page, statements: string): Promise<Refusal> {
  const { refused } = (await run(tab, `${statements}; return {};`)) as { refused?: Refusal };
  if (!refused) throw new Error(`not refused: ${statements}`);
  return refused;
}

let people = 0;
/** An address of this test only. */
export const newEmail = (): string => `somebody-${++people}@example.com`;

/** A new user, signed up by the page and signed in with a password. */
export async function signInUser(tab: Page, email: string): Promise<void> {
  const credentials = JSON.stringify({ email, password });
  await run(tab, `await gatehouse.signUp(${credentials}); return gatehouse.signIn(${credentials});`);
}

/** Signs in on the tenant's page. */
export async function signInAtTenant(tab: Page, email: string): Promise<void> {
  await tab.getByLabel('Email').fill(email);
  await tab.getByLabel('Password').fill(password);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
}
