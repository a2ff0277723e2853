import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createBrowser, locationOf } from '../../test/support/browser.ts';
import { API, openTenant, USER } from './tenant.js';

const FOLDER = path.join(import.meta.dirname, '..');
/** Nothing listens there: the script reads the response from the URL. */
const CALLBACK = 'http://localhost:3000/callback';

/**
 * A script for Debian's Python. It writes an authorization URL, reads the URL of the response, and writes the user's `sub`; a
 * script that needs no sign-in writes `sub` only. Its environment has the tenant's addresses, the credentials of `web`, and
 * an access token of the user.
 */
export async function run(_module, file) {
  const tenant = await openTenant();
  const folder = mkdtempSync(path.join(tmpdir(), 'tenant-client-'));
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, tenant.caPem);
  try {
    const { clientId, clientSecret } = tenant.client('web');
    const { access_token } = await tenant.signInAs('ada', { client: 'web', audience: API });
    const child = spawn('/usr/bin/python3', [path.join(FOLDER, file)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        SSL_CERT_FILE: caFile,
        REQUESTS_CA_BUNDLE: caFile,
        ISSUER: tenant.issuer,
        AUDIENCE: API,
        CALLBACK,
        CLIENT_ID: clientId,
        CLIENT_SECRET: clientSecret,
        ACCESS_TOKEN: access_token,
      },
    });
    const closed = once(child, 'close');
    let last = '';
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith(tenant.issuer)) child.stdin.write(`${await signInAt(line)}\n`);
      last = line;
    }
    assert.deepEqual(await closed, [0, null]);
    assert.equal(last, USER.sub);
  } finally {
    await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function signInAt(url) {
  const browser = createBrowser();
  const page = await browser.open(url);
  return locationOf(await browser.submit(page, { username: USER.email, password: USER.password })).href;
}
