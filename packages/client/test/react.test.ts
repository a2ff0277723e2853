import path from 'node:path';
import type { Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signUp } from '../../../test/auth/redirect/support.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { type ClientStage, password, startClientStage } from './support/client-stage.ts';

const email = 'ada@example.com';

/** The application as one script, with the built client. */
async function bundleApp(clientFolder: string): Promise<string> {
  const bundle = await rolldown({
    input: path.join(import.meta.dirname, 'support/react-app.js'),
    platform: 'browser',
    resolve: {
      alias: {
        'gatehouse-client/react': path.join(clientFolder, 'react.js'),
        'gatehouse-client': path.join(clientFolder, 'index.js'),
        // The built client is outside of the checkout.
        react: path.resolve('node_modules/react'),
      },
    },
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  return output[0].code;
}

describeWith('chromium', 'a React application', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage();
    await signUp(stage.world, { email, password });
    stage.site.files['/react.js'] = await bundleApp(stage.client.folder);
    const data = `data-gateway="${stage.world.gateway.publicUrl}" data-credentials='${JSON.stringify({ email, password })}'`;
    stage.site.files['/react'] =
      `<!doctype html><title>React</title><link rel="icon" href="data:,"><body ${data}><div id="root"></div><div id="alone"></div><script type="module" src="/react.js"></script>`;
  });
  afterAll(() => stage.close());

  async function open(): Promise<Page> {
    const tab = await (await stage.chromium.newContext()).newPage();
    await tab.goto(`${stage.site.origin}/react`);
    return tab;
  }
  const shows = (tab: Page, status: string): Promise<void> =>
    tab.locator('#status', { hasText: status }).waitFor();
  const press = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('button', { name, exact: true }).click();

  it('has the signed-in user, renders their content, and updates at a sign-in and a sign-out', async () => {
    const tab = await open();
    await shows(tab, 'anonymous - -');
    await tab.getByText('Nobody is here').waitFor();
    expect(await tab.getByText('Somebody is here').count()).toBe(0);
    await press(tab, 'Sign in');
    await shows(tab, `authenticated ${email} with times`);
    await tab.getByText('Somebody is here').waitFor();
    expect(await tab.getByText('Nobody is here').count()).toBe(0);
    await press(tab, 'Load');
    await tab.getByText('200, the same fetch').waitFor();
    await press(tab, 'Sign out');
    await tab.getByText('Nobody is here').waitFor();
    await tab.context().close();
  });

  it('is loading and renders neither until the gateway has responded; it has the error of a failure, and can reload', async () => {
    const tab = await (await stage.chromium.newContext()).newPage();
    await tab.route(/\/v1\/auth\/session/, (route) => route.abort());
    await tab.goto(`${stage.site.origin}/react`);
    await tab.locator('#error', { hasText: 'network_error' }).waitFor();
    await shows(tab, 'loading - -');
    expect(await tab.getByText(/body is here/).count()).toBe(0);
    await tab.unroute(/\/v1\/auth\/session/);
    await press(tab, 'Reload');
    await shows(tab, 'anonymous - -');
    await tab.locator('#error', { hasText: 'no error' }).waitFor();
    await tab.context().close();
  });

  it('keeps its state during an outage', async () => {
    const tab = await open();
    await press(tab, 'Sign in');
    await shows(tab, `authenticated ${email}`);
    await tab.route(/\/v1\/auth\/session/, (route) => route.abort());
    const failed = tab.waitForEvent('requestfailed');
    await press(tab, 'Reload');
    await failed;
    await tab.unroute(/\/v1\/auth\/session/);
    await press(tab, 'Load');
    await tab.getByText('200, the same fetch').waitFor();
    await shows(tab, `authenticated ${email}`);
    await tab.context().close();
  });

  it('rendered again with the same client has the user immediately', async () => {
    const tab = await open();
    await press(tab, 'Sign in');
    await shows(tab, `authenticated ${email}`);
    await tab.evaluate('renderAgain()');
    await shows(tab, `authenticated ${email}`);
    await tab.context().close();
  });

  it('removes its listener when it is unmounted', async () => {
    const tab = await open();
    await shows(tab, 'anonymous - -');
    await tab.evaluate('unmount()');
    const asked: string[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await tab.evaluate(`gatehouse.signIn(${JSON.stringify({ email, password })})`);
    expect(asked.filter((url) => url.includes('/v1/auth/session'))).toEqual([]);
    await tab.context().close();
  });

  it('throws without a provider', async () => {
    const tab = await open();
    const failed = tab.waitForEvent('pageerror');
    await tab.evaluate('renderAlone()');
    expect((await failed).message).toBe('There is no <GatehouseProvider> above this component.');
    await tab.context().close();
  });
});
