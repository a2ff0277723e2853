import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCertificates } from '../../packages/tenant/test/support/certificates.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { eventually } from '../support/eventually.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { unreachableTenant } from '../support/lonely-gateway.ts';
import { bearerHeader, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

/** A server with a certificate of an unknown authority, and the requests to it. */
let stranger: Server;
let strangerUrl: string;
let world: ProxyWorld;
const asked: string[] = [];
beforeAll(async () => {
  const { keyPem, certPem } = await issueCertificates(systemClock);
  stranger = createServer({ key: keyPem, cert: certPem }, (request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => stranger.once('listening', resolve));
  strangerUrl = `https://localhost:${(stranger.address() as AddressInfo).port}`;
  const guard = { scopes: ['read:things'] };
  world = await startProxyWorld([
    { path: '/api/things', methods: ['GET'], upstream: strangerUrl, guard, token: 'user' },
  ]);
});
afterAll(async () => {
  await world.close();
  stranger.close();
});

describe('an upstream', () => {
  it('with an untrusted certificate gets no token and no request: 502, with the reason in the log', async () => {
    const answer = await fetch(`${world.url}/api/things`, { headers: bearerHeader() });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'upstream_error' });
    expect(asked).toEqual([]);
    await eventually(() => world.lines.find(({ route }) => route === '/api/things')).toMatchObject({
      code: 'upstream_error',
      reason: expect.stringMatching(/CERT|VERIFY|ISSUER/),
    });
  });
});

describe('a tenant', () => {
  it('with an untrusted certificate gets no password and no secret: 503', async () => {
    const under = await startGatewayUnderTest({}, { ...unreachableTenant, baseUrl: strangerUrl });
    const answer = await fetch(`${under.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'Correct-Horse-9' }),
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'tenant_unavailable' });
    expect(asked).toEqual([]);
    await under.close();
  });
});
