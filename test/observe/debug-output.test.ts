import { afterAll, beforeAll, expect, it } from 'vitest';
import { asBearer, createBrowser } from '../support/browser.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { startWorld, type World } from '../support/world.ts';

const CANARY = 'canary-2b7e';
/** Standard error with the log. */
const MERGED = ['sh', '-c', 'exec "$@" 2>&1', 'sh'];

let world: World;
let gateway: GatewayProcess;
beforeAll(async () => {
  world = await startWorld();
  // The router of Express prints the targets of requests.
  gateway = await startGatewayProcess(world, { DEBUG: '*,-router*', STORE_URL: 'sqlite::memory:' }, MERGED);
});
afterAll(async () => {
  await gateway.kill();
  await world.close();
});

it('DEBUG=jwks, and that of any other library but the router, prints no token and no part of a request', async () => {
  const browser = createBrowser(gateway.url);
  const user = { email: `${CANARY}@example.com`, password: `Correct-Horse-${CANARY}` };
  expect((await browser.send('POST', '/v1/auth/signup', { body: user })).status).toBe(201);
  expect((await browser.send('POST', '/v1/auth/signin', { body: user })).status).toBe(200);
  expect((await browser.send('GET', `/api/location/geocode?q=${CANARY}`)).status).toBe(200);
  const kid = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: CANARY })).toString('base64url');
  for (const token of [CANARY, `${kid}.e30.${CANARY}`]) {
    const answer = await createBrowser(gateway.url).send('GET', '/api/location/geocode?q=Oslo', {
      headers: asBearer(token),
    });
    expect(answer.status).toBe(401);
  }
  await browser.go(`/v1/auth/callback?code=${CANARY}&state=${CANARY}`);
  const text = gateway.lines.join('\n');
  expect(text).toMatch(/ jwks /);
  expect(gateway.lines.filter((line) => line.toLowerCase().includes(CANARY))).toEqual([]);
  expect(text).not.toMatch(/eyJ/);
});
