import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export async function use({ tenant, issuer, audience, caFile }) {
  const call = async (...args) =>
    JSON.parse((await exec('curl', ['--silent', '--show-error', '--cacert', caFile, ...args])).stdout);
  const { clientId, clientSecret } = tenant.client('machine');
  const fields = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    audience,
  };
  const data = Object.entries(fields).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
  const token = await call(`${issuer}oauth/token`, ...data);
  assert.equal(token.token_type, 'Bearer');
  const { access_token } = await tenant.signInAs('ada', { client: 'web' });
  const info = await call(`${issuer}userinfo`, '--header', `authorization: Bearer ${access_token}`);
  assert.equal(info.email, 'ada@example.com');
}
