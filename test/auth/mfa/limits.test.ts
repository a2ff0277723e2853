import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../support/gateway.ts';
import type { World } from '../../support/world.ts';
import {
  addPerson,
  allFactors,
  answerPush,
  createCaller,
  lastCode,
  nextTotp,
  otherThan,
  type Person,
  setFaults,
  startMfaWorld,
} from './support.ts';

let world: World;
let caller: ReturnType<typeof createCaller>;
beforeAll(async () => {
  world = await startMfaWorld({ RATE_LIMIT_ENABLED: 'true', ...roomy });
  caller = createCaller(world.url);
});
afterAll(() => world.close());

/** High enough that no other limit is reached first. */
const roomy = {
  RATE_LIMIT_SIGNIN_IP: '1000/15m',
  RATE_LIMIT_CODE_IP: '1000/1h',
  RATE_LIMIT_AUTH_IP: '1000/1m',
};

const statusesOf = (answers: readonly { readonly status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
const fives = (status: number): number[] => Array.from({ length: 5 }, () => status);
const policyOf = ({ headers }: { readonly headers: Headers }) => headers.get('ratelimit-policy');

async function withGateway(
  env: Readonly<Record<string, string>>,
  test: (under: GatewayUnderTest) => Promise<void>,
): Promise<void> {
  const under = await startGatewayUnderTest(env, world.link, world.clock);
  await test(under);
  await under.close();
}

describe('wrong codes', () => {
  it('are limited to five per handle; then even the correct one is refused, and another account is not affected', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await caller.begin(person);
    const right = await nextTotp(world, person);
    const otp = otherThan(right);
    for (const left of [4, 3, 2, 1, 0]) {
      const { status, headers, body } = await caller.verify(handle, { otp });
      expect([status, body.code]).toEqual([401, 'mfa_invalid_code']);
      expect(headers.get('ratelimit')).toContain(`r=${left};`);
    }
    const refused = await caller.verify(handle, { otp: right });
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await addPerson(world, allFactors);
    const done = await caller.verify(await caller.begin(other), { otp: await nextTotp(world, other) });
    expect(done.status).toBe(200);
  });

  it('are limited to five in parallel too, in any spelling of the handle', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await caller.begin(person);
    const otp = otherThan(await nextTotp(world, person));
    const spellings = [handle, `${handle}=`, `${handle}==`, `${handle}\n`];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => caller.verify(spellings[i % spellings.length] ?? '', { otp })),
    );
    expect(statusesOf(answers)).toEqual([...fives(401), ...fives(429), ...fives(429), ...fives(429)]);
  });

  it('count for sent codes as for an app, and a new code does not reset the count', async () => {
    const person = await addPerson(world, { phone_number: '+15550100330' });
    const handle = await caller.begin(person);
    for (let round = 0; round < 5; round++) {
      const { oob_code } = (await caller.challenge(handle, { type: 'sms' })).body;
      const binding_code = otherThan(await lastCode(world, '+15550100330'));
      expect((await caller.verify(handle, { oob_code, binding_code })).status).toBe(401);
    }
    expect((await caller.verify(handle, { recovery_code: allFactors.recovery_code })).status).toBe(429);
  });

  it('are limited to ten per account over all of its sign-ins', async () => {
    const person = await addPerson(world, allFactors);
    const otp = otherThan(await nextTotp(world, person));
    for (let round = 0; round < 2; round++) {
      const handle = await caller.begin(person);
      for (let guess = 0; guess < 5; guess++) expect((await caller.verify(handle, { otp })).status).toBe(401);
    }
    const shouting = { ...person, email: person.email.toUpperCase() };
    const refused = await caller.verify(await caller.begin(shouting), { otp: await nextTotp(world, person) });
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(policyOf(refused)).toContain('code-verify-account');
  });

  it('do not include correct codes during an outage', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await caller.begin(person);
    const otp = await nextTotp(world, person);
    await setFaults(world, [{ method: 'POST', path: '^/oauth/token$', status: 503 }]);
    expect((await caller.verify(handle, { otp })).status).toBe(503);
    const wrong = await caller.verify(handle, { otp: otherThan(otp) });
    expect(wrong.headers.get('ratelimit')).toContain('r=4;');
    expect((await caller.verify(handle, { otp })).status).toBe(200);
  });

  it('do not include polls of a push', async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { oob_code } = (await caller.associate(handle, { type: 'push' })).body;
    for (let look = 0; look < 12; look++)
      expect((await caller.verify(handle, { oob_code })).status).toBe(202);
    await answerPush(world, person, 'accept');
    expect((await caller.verify(handle, { oob_code })).status).toBe(200);
  });
});

describe('sent codes', () => {
  it('are limited to five an hour per address, over all sign-ins, without failed challenges', async () => {
    const person = await addPerson(world, { phone_number: '+15550100331' });
    const handle = await caller.begin(person);
    await setFaults(world, [{ method: 'POST', path: '^/mfa/challenge$', status: 503 }]);
    expect((await caller.challenge(handle, { type: 'sms' })).status).toBe(503);
    for (let sent = 0; sent < 5; sent++)
      expect((await caller.challenge(handle, { type: 'sms' })).status).toBe(200);
    const refused = await caller.challenge(await caller.begin(person), { type: 'sms' });
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(policyOf(refused)).toContain('code-address');
    const other = await addPerson(world, { phone_number: '+15550100332' });
    expect((await caller.challenge(await caller.begin(other), { type: 'sms' })).status).toBe(200);
  });

  it('are limited to five an hour per number, over all enrolments', async () => {
    const wanted = { type: 'sms', phone_number: '+15550100333' };
    const statuses = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await caller.associate(await caller.begin(await addPerson(world)), wanted)).status);
    expect(statuses).toEqual([...fives(200), 429]);
  });

  it('are limited per hour and IP address', async () => {
    await withGateway({ ...roomy, RATE_LIMIT_CODE_IP: '2/1h' }, async ({ url }) => {
      const from = createCaller(url);
      const statuses = [];
      for (const digit of [4, 5, 6]) {
        const person: Person = await addPerson(world, { phone_number: `+1555010033${digit}` });
        statuses.push((await from.challenge(await from.begin(person), { type: 'sms' })).status);
      }
      expect(statuses).toEqual([200, 200, 429]);
    });
  });
});

it('calls with a handle are limited per IP address', async () => {
  await withGateway({ ...roomy, RATE_LIMIT_AUTH_IP: '3/1m' }, async ({ url }) => {
    const from = createCaller(url);
    const handle = await from.begin(await addPerson(world, allFactors));
    const answers = [
      await from.authenticators(handle),
      await from.challenge(handle, { type: 'otp' }),
      await from.associate(handle, { type: 'otp' }),
      await from.authenticators(handle),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 429]);
  });
});

it('an address where both factors were verified is known: attempts from others do not lock the owner out', async () => {
  await withGateway({ ...roomy, TRUST_PROXY: '127.0.0.1' }, async ({ url }) => {
    const at = createCaller(url);
    const from = (ip: string) => ({ 'X-Forwarded-For': ip });
    const signIn = ({ email }: Person, password: string, ip: string) =>
      at.send('POST', '/v1/auth/signin', { email, password }, from(ip));
    const [owner, halfway] = [await addPerson(world, allFactors), await addPerson(world, allFactors)];
    for (const person of [owner, halfway]) {
      const { mfa_handle } = (await signIn(person, person.password, '10.9.0.1')).body;
      if (person === halfway) continue;
      const otp = await nextTotp(world, person);
      const done = await at.send('POST', '/v1/auth/mfa/verify', { mfa_handle, otp }, from('10.9.0.1'));
      expect(done.status).toBe(200);
    }
    for (const person of [owner, halfway])
      for (let i = 0; i < 11; i++) await signIn(person, 'wrong', `10.10.0.${i}`);
    const codeOf = async (person: Person) =>
      (await signIn(person, person.password, '10.9.0.1')).body.code as string;
    expect(await codeOf(owner)).toBe('mfa_required');
    expect(await codeOf(halfway)).toBe('too_many_attempts');
  });
});
