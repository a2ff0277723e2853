import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import { asBearer, type Browser, createBrowser, noBrowser } from '../support/browser.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { callApi, password } from './support/person.ts';

const FIVE_MINUTES_S = 300;
const user = { email: 'ada@example.com', password };

describe('a gateway whose clock is wrong by five minutes', () => {
  const clock = createTravelClock();
  let world: World;
  let gateway: GatewayUnderTest;
  let browser: Browser;
  let token: string;

  const signIn = async (): Promise<Browser> => {
    const next = createBrowser(gateway.url);
    expect((await next.send('POST', '/v1/auth/signin', { body: user })).status).toBe(200);
    return next;
  };

  beforeAll(async () => {
    world = await startWorld();
    gateway = await startGatewayUnderTest({}, world.link, clock);
    await createBrowser(gateway.url).send('POST', '/v1/auth/signup', { body: user });
    browser = await signIn();
    const answer = await createBrowser(gateway.url).send('POST', '/v1/auth/signin', {
      body: user,
      headers: noBrowser,
    });
    token = answer.body.access_token;
  });
  afterAll(async () => {
    await gateway.close();
    await world.close();
  });

  it.each([
    ['fast', FIVE_MINUTES_S],
    ['slow', -FIVE_MINUTES_S],
    ['right again', 0],
  ])('signs nobody out when it becomes %s', async (_how, offsetS) => {
    clock.offsetS = offsetS;
    expect((await callApi(browser)).status).toBe(200);
    expect((await browser.send('GET', '/v1/auth/session')).body).toMatchObject({ authenticated: true });
  });

  it('accepts tokens while it is fast; while it is slow, only tokens that are at least four minutes old', async () => {
    const call = async () => {
      const answer = await createBrowser(gateway.url).send('GET', '/api/location/geocode?q=Oslo', {
        headers: asBearer(token),
      });
      return answer.status;
    };
    clock.offsetS = FIVE_MINUTES_S;
    expect(await call()).toBe(200);
    clock.offsetS = -FIVE_MINUTES_S;
    expect(await call()).toBe(401);
    clock.offsetS = -50;
    expect(await call()).toBe(200);
    clock.offsetS = 0;
  });

  it('allows sign-ins while it is fast or slow', async () => {
    for (const offsetS of [FIVE_MINUTES_S, -FIVE_MINUTES_S]) {
      clock.offsetS = offsetS;
      const next = await signIn();
      expect((await callApi(next)).status).toBe(200);
    }
    clock.offsetS = 0;
  });
});
