import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../session/support/person.ts';
import { createBrowser, noBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { startWorld, type World } from '../support/world.ts';
import { freshFile } from './contract/target.ts';

const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };
/** In blocks of 512 bytes: more than the empty database, less than some sessions. */
const MAX_FILE_BLOCKS = 600;

describe('a gateway whose SQLite file cannot grow', () => {
  let world: World;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    world = await startWorld();
    const env = { STORE_URL: `sqlite:${freshFile()}`, RATE_LIMIT_ENABLED: 'false' };
    gateway = await startGatewayProcess(world, env, [
      'sh',
      '-c',
      `ulimit -f ${MAX_FILE_BLOCKS}; exec "$0" "$@"`,
    ]);
  });
  afterAll(async () => {
    await gateway.kill();
    await world.close();
  });

  it('answers 503 to sign-ins, serves sessions and tokens, and logs why', async () => {
    const signIn = async () => {
      const browser = createBrowser(gateway.url);
      return { browser, answer: await browser.send('POST', '/v1/auth/signin', { body: user }) };
    };
    await createBrowser(gateway.url).send('POST', '/v1/auth/signup', { body: user });
    const { browser } = await signIn();
    const api = createBrowser(gateway.url);
    const { body: tokens } = await api.send('POST', '/v1/auth/signin', { body: user, headers: noBrowser });
    let last = await signIn();
    while (last.answer.status === 200) last = await signIn();
    expect([last.answer.status, last.answer.body.code]).toEqual([503, 'store_unavailable']);
    expect((await callApi(browser)).status).toBe(200);
    const headers = { ...noBrowser, Authorization: `Bearer ${tokens.access_token}` };
    expect((await api.send('GET', '/api/location/geocode?q=Oslo', { headers })).status).toBe(200);
    expect((await api.send('GET', '/healthz')).status).toBe(200);
    expect(gateway.exitCode).toBe(null);
    const refused = () => gateway.lines.filter((line) => line.includes('store_unavailable')).join('\n');
    await eventually(refused).toMatch(/disk/);
  });
});
