import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { chromium } from 'playwright-core';
import { openServer } from './open-server.js';
import { API, openTenant, USER } from './tenant.js';

const FOLDER = path.join(import.meta.dirname, '..');
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const CLIENT_ID = 'page';
const HTML = `<!doctype html><meta charset="utf-8"><title>app</title><base href="/"><div id="app"></div>
<output id="user"></output><output id="token"></output><output id="error"></output>
<script type="module" src="/app.js"></script>`;

/**
 * A page that signs in with the client, in Chromium. The module's `start` gets the configuration and `show` of show.js. What
 * the page shows is done: sign in, return, renew the access token, sign out.
 */
export async function run(_module, file) {
  const script = await bundle(file);
  const server = await openServer();
  server.use((request, response) => {
    const isScript = request.url === '/app.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? script.replaceAll('__ISSUER__', tenant.issuer) : HTML);
  });
  const { origin } = server;
  const tenant = await openTenant([
    {
      client_id: CLIENT_ID,
      name: 'Page',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'implicit'],
      callbacks: [origin, `${origin}/`, `${origin}/callback`],
      web_origins: [origin],
      allowed_origins: [origin],
      allowed_logout_urls: [origin, `${origin}/`],
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 30 },
    },
  ]);
  const executablePath = PROGRAMS.find((program) => existsSync(program));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.stack));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.setDefaultTimeout(20_000);
    await drive(page, { origin, issuer: tenant.issuer }).catch(async (error) => {
      const shown = await page.textContent('body').catch(() => '');
      throw new Error(`${error.message}\nat ${page.url()}\n${shown}\n${faults.join('\n')}`, { cause: error });
    });
  } finally {
    await browser.close();
    await Promise.all([server.close(), tenant.close()]);
  }
}

async function drive(page, { origin, issuer }) {
  const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer));
  const readToken = async () => {
    const token = await page.textContent('#token');
    const { payload } = await jwtVerify(token, keys, { issuer, audience: API });
    assert.equal(payload.sub, USER.sub);
  };
  await page.goto(origin);
  await page.click('#sign-in');
  await page.getByLabel('Email').fill(USER.email);
  await page.getByLabel('Password', { exact: true }).fill(USER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.origin === origin);
  await page.waitForFunction(() => document.querySelector('#user').textContent !== '');
  assert.equal(await page.textContent('#user'), USER.sub);
  await readToken();
  if (await page.isVisible('#renew')) {
    await page.click('#renew');
    // Two tokens of the same second are equal.
    await page.locator('#token[data-is-renewed]').waitFor({ state: 'attached' });
    await readToken();
  }
  await page.click('#sign-out');
  await page.waitForURL((url) => url.origin === origin);
  await page.click('#sign-in');
  await page.getByLabel('Password', { exact: true }).waitFor();
}

async function bundle(file) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { start } from '${file}';
import { fail, show } from './support/show.js';
const config = { issuer: '__ISSUER__', domain: new URL('__ISSUER__').host, origin: location.origin, clientId: '${CLIENT_ID}', audience: '${API}' };
Promise.resolve(start(config, show)).catch(fail);`,
      resolveDir: FOLDER,
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
