import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { password, signInAtTenant } from '../../packages/client/test/support/client-stage.ts';
import { installFrontend } from '../../packages/client/test/support/install-frontend.ts';
import { runVite, startVite, type ViteServer } from '../../packages/client/test/support/run-vite.ts';
import { ensureInstalled } from '../../scripts/install.js';
import { signUp } from '../auth/redirect/support.ts';
import { startChromium } from '../support/chromium.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { adapt, readBlock } from './support/page-block.ts';

const VUE = 'docs/how-to/vue.md';
const REACT = 'docs/how-to/react.md';
const ANGULAR = 'docs/how-to/angular.md';
const SAME_ORIGIN = 'docs/how-to/same-origin.md';

const FRAMEWORKS = path.resolve('docs/code-blocks');
const PACKAGES = ['@angular', '@vitejs', 'rxjs', 'vue', 'vue-router'];
const email = 'ada@example.com';

const toPage = (
  script: string,
): string => `<!doctype html><html lang="en"><head><base href="/"><title>A page</title>
<link rel="icon" href="data:,"></head><body><div id="root"></div><app-root></app-root>
<script type="module" src="/src/${script}"></script></body></html>`;

/** What an application of each framework has besides the blocks of its page. */
const VUE_MAIN = `import { createApp, h } from 'vue';
import { createRouter, createWebHistory, RouterView } from 'vue-router';
import App from './app.vue';
import { gatehouse } from './session.js';

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: App },
    { path: '/account', component: () => h('p', 'Your account'), meta: { signedIn: true } },
  ],
});
`;
const REACT_MAIN = `
import { createRoot } from 'react-dom/client';
createRoot(document.querySelector('#root')).render(<Root />);
`;
const ANGULAR_MAIN = `import '@angular/compiler';
import { HttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, RouterOutlet } from '@angular/router';
import { appConfig } from './app.config';
import { Session } from './session';
import { signedIn } from './signed-in';

@Component({ template: '<p>{{ session.user()?.email }}</p><p>{{ place() }}</p>' })
class Places {
  readonly session = inject(Session);
  readonly place = signal('');
  constructor() {
    inject(HttpClient)
      .get<{ features: { properties: { label: string } }[] }>('/api/location/geocode?q=Oslo')
      .subscribe(({ features }) => this.place.set(features[0]?.properties.label ?? 'nothing'));
  }
}

@Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })
class App {}

void bootstrapApplication(App, {
  providers: [...appConfig.providers, provideRouter([{ path: '**', component: Places, canActivate: [signedIn] }])],
});
`;
const TS_CONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    useDefineForClassFields: false,
    types: [],
  },
  include: ['src/app'],
};

/** A folder with the applications of the pages, their packages, and the Vite configuration of the page about one origin. */
async function writeApplications(gateway: string): Promise<string> {
  const folder = makeFolder();
  await installFrontend(folder);
  ensureInstalled(FRAMEWORKS);
  for (const name of PACKAGES)
    symlinkSync(path.join(FRAMEWORKS, 'node_modules', name), path.join(folder, 'node_modules', name));
  mkdirSync(path.join(folder, 'src/app'), { recursive: true });
  const config = adapt(readBlock(SAME_ORIGIN, 'vite.config.js'), {
    'http://localhost:3000': gateway,
    'export default {': `import vue from '@vitejs/plugin-vue';
      export default {
        plugins: [vue()],
        build: { rollupOptions: { input: ['index.html', 'react.html', 'angular.html'] } },`,
  });
  const files = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify(TS_CONFIG),
    'vite.config.js': config,
    'index.html': toPage('main.js'),
    'src/main.js': `${VUE_MAIN}${readBlock(VUE, 'router.beforeEach')}
      createApp(RouterView).use(router).mount('#root');`,
    'src/session.js': readBlock(VUE, 'onSessionChange'),
    'src/app.vue': readBlock(VUE, '<template>'),
    'react.html': toPage('root.jsx'),
    'src/root.jsx': readBlock(REACT, 'GatehouseProvider') + REACT_MAIN,
    'angular.html': toPage('app/main.ts'),
    'src/app/main.ts': ANGULAR_MAIN,
    'src/app/session.ts': readBlock(ANGULAR, '@Injectable'),
    'src/app/app.config.ts': readBlock(ANGULAR, 'HttpInterceptorFn'),
    'src/app/signed-in.ts': readBlock(ANGULAR, 'CanActivateFn'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

describeWith('chromium', 'the applications of the pages about frameworks', () => {
  let world: World;
  let chromium: Browser;
  let folder: string;
  let origin: string;
  let preview: ViteServer;
  beforeAll(async () => {
    const port = await findFreePorts(1);
    origin = `http://localhost:${port}`;
    [world, chromium] = await Promise.all([
      startWorld({ PUBLIC_URL: origin, RATE_LIMIT_ENABLED: 'false' }),
      startChromium(),
    ]);
    await signUp(world, { email, password });
    folder = await writeApplications(`http://localhost:${world.gateway.port}`);
    await runVite(folder, ['build']);
    preview = await startVite(folder, ['preview'], {}, port);
  }, 300_000);
  afterAll(async () => {
    await preview?.close();
    await chromium?.close();
    await world?.close();
  });

  async function open(at: string): Promise<Page> {
    const tab = await (await chromium.newContext()).newPage();
    await tab.goto(`${origin}${at}`);
    return tab;
  }
  const press = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('button', { name, exact: true }).click();
  async function signIn(tab: Page): Promise<void> {
    await tab.waitForURL((url) => url.origin === world.tenant.origin);
    await signInAtTenant(tab, email);
    await tab.waitForURL((url) => url.origin === origin);
  }

  it(`${VUE}: signs in and out, and a page for signed-in people leads to the sign-in and back`, async () => {
    const tab = await open('/');
    await press(tab, 'Sign in');
    await signIn(tab);
    await tab.getByText(email).waitFor();
    await press(tab, 'Sign out');
    await tab.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await tab.context().clearCookies();
    await tab.goto(`${origin}/account`);
    await signIn(tab);
    expect(new URL(tab.url()).pathname).toBe('/account');
    await tab.getByText('Your account').waitFor();
    await tab.context().close();
  });

  it(`${REACT}: signs in, calls an API and signs out`, async () => {
    const tab = await open('/react.html');
    await press(tab, 'Sign in');
    await signIn(tab);
    await press(tab, 'Find Oslo');
    await tab.getByText(`${email} Oslo, Norway`).waitFor();
    await press(tab, 'Sign out');
    await tab.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await tab.context().close();
  });

  it(`${ANGULAR}: the guard leads to the sign-in and back, and HttpClient calls an API with the session`, async () => {
    const tab = await open('/angular.html');
    await signIn(tab);
    await tab.getByText(email).waitFor();
    await tab.getByText('Oslo, Norway').waitFor();
    await tab.context().close();
  });

  it(`${ANGULAR}: the blocks have valid types`, async () => {
    const compiler = path.resolve('node_modules/typescript/bin/tsc');
    const checked = await promisify(execFile)(process.execPath, [compiler], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');
  });

  it(`${SAME_ORIGIN}: the development server of Vite passes the gateway's paths on`, async () => {
    const server = await startVite(folder, []);
    expect((await fetch(`${server.origin}/v1/auth/session`)).status).toBe(200);
    expect((await fetch(`${server.origin}/api/location/geocode?q=Oslo`)).status).toBe(401);
    expect(await (await fetch(`${server.origin}/react.html`)).text()).toContain('root.jsx');
    await server.close();
  });
});
