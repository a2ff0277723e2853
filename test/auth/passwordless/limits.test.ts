import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../support/browser.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { otherThan, setFaults } from '../mfa/support.ts';
import { codeOf, newEmail, sentTo, setConnectionOptions, shapeOf, start, verify } from './support.ts';

/** High enough that no other limit is reached first. */
const roomy = { RATE_LIMIT_CODE_IP: '1000/1h', RATE_LIMIT_AUTH_IP: '1000/1m' };

let world: World;
beforeAll(async () => {
  world = await startWorld(roomy);
});
afterAll(() => world.close());

const times = (count: number) => Array.from({ length: count }, (_, index) => index);
const statusesOf = (answers: readonly { readonly status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe('sent codes and links', () => {
  it('are limited to five an hour per address, in any spelling; other addresses are not affected', async () => {
    const email = newEmail();
    const typed = [email, email.toUpperCase(), email.replace('m', 'ｍ')];
    const answers = await Promise.all(
      times(8).map((index) =>
        start(world.url, { email: typed[index % 3], send: index % 2 ? 'code' : 'link' }),
      ),
    );
    expect(statusesOf(answers)).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('rate_limited');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(3000);
    expect((await start(world.url, { email: newEmail() })).status).toBe(202);
    world.clock.offsetS += 3601;
  });

  it('are counted in the same way for an address that nothing is sent to', async () => {
    setConnectionOptions(world, 'email', { disable_signup: true });
    const email = newEmail();
    const answers: Answer[] = [];
    for (const _ of times(6)) answers.push(await start(world.url, { email }));
    setConnectionOptions(world, 'email', { disable_signup: false });
    const known = newEmail();
    const ofKnown: Answer[] = [];
    for (const _ of times(6)) ofKnown.push(await start(world.url, { email: known }));
    expect(sentTo(world, email)).toEqual([]);
    expect(sentTo(world, known)).toHaveLength(5);
    const tell = (answer: Answer) => ({
      ...shapeOf(answer),
      left: answer.headers.get('ratelimit')?.split(';t=')[0],
      headers: shapeOf(answer).headers.filter(([name]) => name !== 'retry-after'),
      body: { ...answer.body, retry_after: 0, request_id: '' },
    });
    expect(answers.map(tell)).toEqual(ofKnown.map(tell));
  });

  it('are limited to twenty an hour per IP address', async () => {
    const under = await startGatewayUnderTest({ TRUST_PROXY: '127.0.0.1' }, world.link, world.clock);
    const from = (ip: string) => start(under.url, { email: newEmail() }, { 'X-Forwarded-For': ip });
    const answers = [];
    for (const _ of times(21)) answers.push(await from('10.0.0.1'));
    expect(statusesOf(answers)).toEqual([...Array(20).fill(202), 429]);
    expect((await from('10.0.0.2')).status).toBe(202);
    await under.close();
  });

  it('do not count if the tenant could not send them', async () => {
    const under = await startGatewayUnderTest(roomy, world.link, world.clock);
    const email = newEmail();
    await setFaults(world, [
      {
        method: 'POST',
        path: '^/passwordless/start$',
        status: 400,
        body: { error: 'bad.client_id' },
        times: 6,
      },
    ]);
    for (const _ of times(6)) expect((await start(under.url, { email })).status).toBe(502);
    expect((await start(under.url, { email })).status).toBe(202);
    await under.close();
  });
});

describe('wrong codes', () => {
  it('are limited to five per address; then even the correct one is refused, and another address is not affected', async () => {
    const email = newEmail();
    await start(world.url, { email });
    const code = codeOf(world, email);
    for (const left of [4, 3, 2, 1, 0]) {
      const answer = await verify(world.url, {
        email: left % 2 ? email : email.toUpperCase(),
        code: otherThan(code),
      });
      expect([answer.status, answer.body.code]).toEqual([401, 'invalid_code']);
      expect(answer.headers.get('ratelimit')).toContain(`r=${left};`);
    }
    await start(world.url, { email });
    const refused = await verify(world.url, { email, code: codeOf(world, email) });
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = newEmail();
    await start(world.url, { email: other });
    expect((await verify(world.url, { email: other, code: codeOf(world, other) })).status).toBe(200);
    world.clock.offsetS += 15 * 60 + 1;
    await start(world.url, { email });
    expect((await verify(world.url, { email, code: codeOf(world, email) })).status).toBe(200);
  });

  it('in parallel are counted as in sequence', async () => {
    const email = newEmail();
    await start(world.url, { email });
    const code = otherThan(codeOf(world, email));
    const answers = await Promise.all(times(20).map(() => verify(world.url, { email, code })));
    expect(statusesOf(answers)).toEqual([...Array(5).fill(401), ...Array(15).fill(429)]);
  });

  it('do not include codes during an outage of the tenant', async () => {
    const email = newEmail();
    await setFaults(world, [
      { method: 'POST', path: '^/oauth/token$', status: 429, body: { error: 'too_many_requests' }, times: 6 },
    ]);
    for (const _ of times(6)) expect((await verify(world.url, { email, code: '000000' })).status).toBe(429);
    await start(world.url, { email });
    expect((await verify(world.url, { email, code: codeOf(world, email) })).status).toBe(200);
  });

  it('are limited per IP address, over all addresses', async () => {
    const env = { ...roomy, RATE_LIMIT_AUTH_IP: '3/1m' };
    const under = await startGatewayUnderTest(env, world.link, world.clock);
    const answers = await Promise.all(
      times(5).map(() => verify(under.url, { email: newEmail(), code: '000000' })),
    );
    expect(statusesOf(answers)).toEqual([401, 401, 401, 429, 429]);
    await under.close();
  });
});
