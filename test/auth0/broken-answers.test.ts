import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { unreachableTenant } from '../support/lonely-gateway.ts';

const MEGABYTE = Buffer.alloc(1_000_000, 'a');
const HUGE_BYTES = 50_000_000;

/** A tenant with a configurable response, and a gateway for it. */
let tenant: Server;
let gateway: GatewayUnderTest;
// The requests of the gateway at its start get no response.
let answer = (response: ServerResponse): void => void response.writeHead(503).end();
beforeAll(async () => {
  tenant = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(tenant, 'listening');
  const baseUrl = `http://127.0.0.1:${(tenant.address() as AddressInfo).port}`;
  gateway = await startGatewayUnderTest({}, { ...unreachableTenant, baseUrl });
});
afterAll(async () => {
  await gateway.close();
  tenant.closeAllConnections();
  tenant.close();
});

async function signIn(): Promise<unknown> {
  const response = await fetch(`${gateway.url}/v1/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'Correct-Horse-9' }),
  });
  return response.json();
}

const json = { 'Content-Type': 'application/json' };

it.each([
  ['before its declared length', { ...json, 'Content-Length': '4000' }],
  ['between two chunks', json],
])('an answer of the tenant that is cut off %s is no answer: 502', async (_where, headers) => {
  answer = (response) => {
    response.writeHead(200, headers);
    response.write('{"access_token":"a","token_type":"Bearer","expires_in":3600', () =>
      response.socket?.destroySoon(),
    );
  };
  expect(await signIn()).toMatchObject({ status: 502, code: 'tenant_error' });
});

it('an answer of 50 MB is 502, and is not read to its end', async () => {
  let sent = 0;
  const ended = new Promise((resolve) => {
    answer = (response) => {
      response.writeHead(200, { ...json, 'Content-Length': String(HUGE_BYTES) });
      const send = (): void => {
        while (sent < HUGE_BYTES && !response.destroyed) {
          sent += MEGABYTE.length;
          if (!response.write(MEGABYTE)) {
            response.once('drain', send);
            return;
          }
        }
      };
      response.once('close', resolve);
      send();
    };
  });
  expect(await signIn()).toMatchObject({ status: 502, code: 'tenant_error' });
  await ended;
  // Includes the socket buffers of both sides.
  expect(sent).toBeLessThan(HUGE_BYTES / 2);
});
