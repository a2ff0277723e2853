import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { issueCertificates } from '../../../packages/tenant/test/support/certificates.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { startChromium } from '../../support/chromium.ts';
import { makeFolder } from '../../support/folder.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';
import { startWorld, type World } from '../../support/world.ts';
import { type FrontDoor, startFrontDoor } from './front-door.ts';
import { type StaticSite, startStaticSite } from './static-site.ts';

export type Scheme = 'http' | 'https';

/** A gateway, its tenant, a frontend on another port, a service behind the gateway, and Chromium. */
export interface Stage {
  readonly world: World;
  readonly door: FrontDoor;
  /** The gateway's origin. */
  readonly gateway: string;
  readonly frontend: StaticSite;
  /** Foreign pages, which the gateway does not allow. */
  readonly stranger: StaticSite;
  /** Upstream of `/api/things`, which accepts sessions; returns the `sub` of the token. */
  readonly upstream: RecordingUpstream;
  readonly chromium: Browser;
  /** A browser context without cookies and cache. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The `sub` of the token that a request came with. */
function ownerOf(authorization = ''): string {
  const payload = Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { sub: string }).sub;
}

function writeRoutes(folder: string, upstream: string): string {
  const file = path.join(folder, 'routes.json');
  const row = {
    path: '/api/things',
    methods: ['GET', 'POST'],
    upstream,
    guard: { user: true },
    token: 'user',
  };
  writeFileSync(file, JSON.stringify({ routes: [row] }));
  return file;
}

/** Starts everything. With https, browsers use TLS for everything except the tenant. */
export async function startStage(scheme: Scheme): Promise<Stage> {
  const folder = makeFolder();
  const certificates = scheme === 'https' ? await issueCertificates(systemClock) : undefined;
  const [door, frontend, stranger, upstream, chromium] = await Promise.all([
    startFrontDoor(certificates),
    startStaticSite(certificates),
    startStaticSite(certificates),
    startRecordingUpstream(),
    startChromium(),
  ]);
  upstream.answer = (request, response) => {
    const owner = ownerOf(request.headers.authorization);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ owner }));
  };
  const world = await startWorld({
    PUBLIC_URL: door.origin,
    ALLOWED_ORIGINS: frontend.origin,
    ROUTES_FILE: writeRoutes(folder, upstream.url),
    RATE_LIMIT_ENABLED: 'false',
  });
  door.leadTo(world.gateway.port);
  const login = `${door.origin}/v1/auth/login?${new URLSearchParams({ return_to: `${frontend.origin}/` }).toString()}`;
  frontend.files['/'] = read('index.html').replace('{gateway}', door.origin).replace('{login}', login);
  frontend.files['/app.js'] = read('app.js');
  frontend.files['/done'] = read('done.html');
  return {
    world,
    door,
    gateway: door.origin,
    frontend,
    stranger,
    upstream,
    chromium,
    person: (options = {}) =>
      chromium.newContext({ reducedMotion: 'reduce', ignoreHTTPSErrors: true, ...options }),
    async close() {
      await chromium.close();
      await Promise.all([door, frontend, stranger, upstream].map((each) => each.close()));
      await world.close();
    },
  };
}

/** A page of the frontend that has loaded the session. */
export async function openFrontend({ frontend }: Stage, context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(frontend.origin);
  await page.getByText(/^Signed (in as|out)/).waitFor();
  return page;
}

/** Patterns of tokens and of their names. */
export const tokens = /eyJ[\w-]+\.eyJ|(?:access|refresh|id)_token|authorization: bearer [\w-]+\./i;

export const password = 'Correct-Horse-9';

/** Actions of a user in a tab: reads it, and presses the button of a name. */
export async function press(page: Page, name: string, role: 'button' | 'link' = 'button'): Promise<void> {
  await page.bringToFront();
  await page.getByRole(role, { name, exact: true }).click();
}

/** Types into the frontend and presses one of its buttons. */
export async function submitCredentials(page: Page, email: string, button: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await press(page, button);
}

/** A new user in a new browser, signed in with a password. */
export async function signInUser(
  stage: Stage,
  email: string,
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await stage.person();
  const page = await openFrontend(stage, context);
  await submitCredentials(page, email, 'Sign up');
  await page.getByText(`Welcome, ${email}`).waitFor();
  await submitCredentials(page, email, 'Sign in');
  await page.getByText(`Signed in as ${email}`).waitFor();
  return { context, page };
}
