import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signUp } from '../../../test/auth/redirect/support.ts';
import { type StaticSite, startStaticSite } from '../../../test/stories/frontend/static-site.ts';
import { startChromium } from '../../../test/support/chromium.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { followPage } from '../../../test/support/follow-page.ts';
import { faultsOfLook, looks, optionsOf } from '../../../test/support/looks.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { readSteps } from '../../../test/support/runnable-page.ts';
import { screenshot } from '../../../test/support/screenshot.ts';
import { startWorld, type World } from '../../../test/support/world.ts';
import { type BuiltClient, useClient } from './support/build-client.ts';
import { password, signInAtTenant } from './support/client-stage.ts';
import { installFrontend } from './support/install-frontend.ts';
import { runVite, startVite, type ViteServer } from './support/run-vite.ts';

const examples = path.resolve('examples');
const email = 'ada@example.com';

/** A copy of the React example outside of the checkout, with the packages of its `npm install`. */
async function copyReactSpa(): Promise<string> {
  const folder = makeFolder();
  const isSource = (file: string): boolean => !/\/(node_modules|dist)(\/|$)/.test(file);
  cpSync(path.join(examples, 'react-spa'), folder, { recursive: true, filter: isSource });
  await installFrontend(folder);
  return folder;
}

describeWith('chromium', 'the examples', () => {
  let world: World;
  let chromium: Browser;
  let client: BuiltClient;
  let site: StaticSite;
  let reactSpa: string;
  let preview: ViteServer;
  beforeAll(async () => {
    [world, chromium, client, site, reactSpa] = await Promise.all([
      // Without ALLOWED_ORIGINS, as at first use: each port of localhost is allowed.
      startWorld({ RATE_LIMIT_ENABLED: 'false' }),
      startChromium(),
      useClient(),
      startStaticSite(),
      copyReactSpa(),
    ]);
    await signUp(world, { email, password });
    const gateway = world.gateway.publicUrl;
    for (const name of readdirSync(path.join(examples, 'plain-js'))) {
      const text = readFileSync(path.join(examples, 'plain-js', name), 'utf8');
      site.files[name === 'index.html' ? '/' : `/${name}`] = text.replace('http://localhost:3000', gateway);
    }
    site.files['/gatehouse-client.min.js'] = client.scripts['gatehouse-client.min.js'] ?? '';
    await runVite(reactSpa, ['build'], { VITE_GATEWAY: gateway });
    preview = await startVite(reactSpa, ['preview']);
  });
  afterAll(async () => {
    await preview.close();
    await chromium.close();
    await site.close();
    await world.close();
  });

  const originOf = (name: string): string => (name === 'plain-js' ? site.origin : preview.origin);

  async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const viewport = { width: 640, height: 400 };
    const context = await chromium.newContext({ viewport, reducedMotion: 'reduce', ...options });
    const tab = await context.newPage();
    await tab.goto(originOf(name));
    return tab;
  }
  const press = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('button', { name, exact: true }).click();
  const says = (tab: Page, text: string): Promise<void> => tab.getByText(text, { exact: true }).waitFor();
  async function type(tab: Page, address: string, secret = password): Promise<void> {
    await tab.getByLabel('Email').fill(address);
    await tab.getByLabel('Password').fill(secret);
  }

  it.each(['plain-js', 'react-spa'])('%s: signs up, calls an API and signs out', async (name) => {
    const tab = await open(name);
    await says(tab, 'Signed out');
    await type(tab, `new-${name}@example.com`);
    await press(tab, 'Sign up');
    await says(tab, `Signed in as new-${name}@example.com`);
    await press(tab, 'Find');
    await tab.getByText(/^Oslo, /).waitFor();
    await press(tab, 'Sign out');
    await says(tab, 'Signed out');
    await tab.context().close();
  });

  it.each(['plain-js', 'react-spa'])('%s: shows why a sign-in failed', async (name) => {
    const tab = await open(name);
    await type(tab, email, 'wrong');
    await press(tab, 'Sign in');
    await tab.getByText(/\(invalid_credentials\)$/).waitFor();
    expect(await tab.getByLabel('Email').inputValue()).toBe(email);
    await tab.context().close();
  });

  it.each(['plain-js', 'react-spa'])(
    "%s: signs in at the tenant's pages, by popup and by redirect, and out of both",
    async (name) => {
      const tab = await open(name);
      const opening = tab.waitForEvent('popup');
      await press(tab, 'Sign in with a popup');
      const popup = await opening;
      await popup.waitForURL((url) => url.origin === world.tenant.origin);
      await signInAtTenant(popup, email);
      await says(tab, `Signed in as ${email}`);
      await press(tab, 'Sign out');
      await tab.waitForURL(`${originOf(name)}/`);
      await says(tab, 'Signed out');
      await press(tab, 'Sign in with a redirect');
      await tab.waitForURL((url) => url.origin === world.tenant.origin);
      await signInAtTenant(tab, email);
      await says(tab, `Signed in as ${email}`);
      await press(tab, 'Find');
      await tab.getByText(/^Oslo, /).waitFor();
      await screenshot(tab, name);
      await tab.context().close();
    },
  );

  it.each(['plain-js', 'react-spa'].flatMap((name) => looks.map((look) => ({ name, ...look }))))(
    '$name: shows sound pages, $width px wide, $colorScheme',
    async ({ name, ...look }) => {
      const tab = await open(name, optionsOf(look));
      await says(tab, 'Signed out');
      expect(await faultsOfLook(tab, `example ${name}`, look)).toEqual([]);
      await type(tab, email);
      await press(tab, 'Sign in');
      await says(tab, `Signed in as ${email}`);
      expect(await faultsOfLook(tab, `example ${name} signed in`, look)).toEqual([]);
      await tab.context().close();
    },
  );

  it('react-spa: has valid types, and runs from its sources too', async () => {
    const compiler = path.resolve('node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [compiler, '--noEmit'], { cwd: reactSpa });
    const server = await startVite(reactSpa, [], { VITE_GATEWAY: world.gateway.publicUrl });
    const tab = await chromium.newPage();
    await tab.goto(server.origin);
    await says(tab, 'Signed out');
    await tab.close();
    await server.close();
  });

  it('the application of the tutorial is built as it says, signs up and calls an API', async () => {
    const folder = makeFolder();
    await installFrontend(folder);
    const steps = readSteps('docs/tutorials/react-without-tokens.md');
    expect(steps.length).toBeGreaterThan(5);
    await followPage(steps, { gateway: world.gateway.publicUrl, tenant: world.tenant.origin }, folder);
    const server = await startVite(folder, ['preview']);
    const tab = await (await chromium.newContext()).newPage();
    await tab.goto(server.origin);
    await tab.getByPlaceholder('Email').fill('tutorial@example.com');
    await tab.getByPlaceholder('Password').fill(password);
    await press(tab, 'Sign up');
    await says(tab, 'Signed in as tutorial@example.com');
    await press(tab, 'Find');
    await says(tab, 'Oslo, Norway');
    await tab.context().close();
    await server.close();
  });

  it.each(['plain-js', 'react-spa'])('%s: is small, and its README fits on one screen', (name) => {
    const folder = path.join(examples, name);
    const linesOf = (file: string): number => readFileSync(file, 'utf8').split('\n').length;
    const sources = [folder, path.join(folder, 'src')]
      .filter((each) => existsSync(each))
      .flatMap((each) => readdirSync(each).map((file) => path.join(each, file)))
      .filter((file) => /\.(html|js|tsx)$/.test(file) && !file.endsWith('.min.js'));
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.map(linesOf).reduce((sum, lines) => sum + lines, 0)).toBeLessThanOrEqual(220);
    expect(linesOf(path.join(folder, 'README.md'))).toBeLessThanOrEqual(45);
  });
});
