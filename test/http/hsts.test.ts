import { expect, it } from 'vitest';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

const https = 'https://gate.example.com';

it.each<[string, Record<string, string>, string | null]>([
  ['on http there is none', {}, null],
  ['on https it binds the host alone', { PUBLIC_URL: https }, 'max-age=31536000'],
  [
    'on https it includes subdomains if configured',
    { PUBLIC_URL: https, HSTS_INCLUDE_SUBDOMAINS: 'true' },
    'max-age=31536000; includeSubDomains',
  ],
])('Strict-Transport-Security: %s', async (_, env, wanted) => {
  const under = await startLonelyGateway(env);
  for (const path of ['/healthz', '/docs', '/nowhere', '/v1/auth/sessions'])
    expect((await fetch(`${under.url}${path}`)).headers.get('strict-transport-security')).toBe(wanted);
  await under.close();
});
