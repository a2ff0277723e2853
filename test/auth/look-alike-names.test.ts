import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldIdentifier } from '../../src/auth/sign-in-limits.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

const password = 'Correct-Horse-9';
const victim = 'victim@example.com';
/** Contains a full-width letter. */
const lookAlike = '\uff56ictim@example.com';
const attacker = '10.9.0.1';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  for (const email of [victim, lookAlike])
    expect((await post(world.url, 'signup', { email, password }, '10.0.0.1')).status).toBe(201);
});
afterAll(() => world.close());

let under: GatewayUnderTest;
beforeEach(async () => {
  under = await startGatewayUnderTest(
    { TRUST_PROXY: '127.0.0.1', RATE_LIMIT_SIGNIN_ACCOUNT: '4/15m' },
    world.link,
    world.clock,
  );
});
afterEach(() => under.close());

const post = (url: string, path: string, body: object, ip: string): Promise<Response> =>
  fetch(`${url}/v1/auth/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': ip },
  });

const guess = async (email: string, ip = attacker): Promise<number> =>
  (await post(under.url, 'signin', { email, password: 'a guess' }, ip)).status;
const signIn = async (email: string, ip = attacker): Promise<number> =>
  (await post(under.url, 'signin', { email, password }, ip)).status;

describe('the owner of an account whose name looks like another', () => {
  it('gains no attempts at the other account by signing in to their own', async () => {
    for (let i = 0; i < 3; i++) expect(await guess(victim)).toBe(401);
    expect(await signIn(lookAlike)).toBe(200);
    expect(await guess(victim)).toBe(401);
    expect(await guess(victim)).toBe(429);
    expect(await guess(lookAlike)).toBe(429);
  });

  it('is not a known address of the other account because of their own', async () => {
    expect(await signIn(lookAlike)).toBe(200);
    for (let i = 0; i < 4; i++) expect(await guess(victim, `10.8.0.${i}`)).toBe(401);
    expect(await guess(victim)).toBe(429);
    // It is a known address of their own account.
    expect(await signIn(lookAlike)).toBe(200);
  });

  it('has failures of all similar names counted together', async () => {
    const names = [victim, lookAlike, 'VICTIM@example.com', 'victim@EXAMPLE.com', 'vic\u200btim@example.com'];
    const statuses = [];
    for (const name of names) statuses.push(await guess(name));
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
  });
});

describe('the owner of an account', () => {
  it('clears failures by a success, ignoring the case of the name', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await guess('Victim@Example.com')).toBe(401);
      expect(await guess('victim@example.com')).toBe(401);
      expect(await signIn('VICTIM@example.com')).toBe(200);
    }
  });
});

describe('the normalization of a name', () => {
  it.each([
    ['full-width letters', '\uff56ictim', 'victim'],
    ['the Kelvin sign', '\u212aim', 'kim'],
    ['a long s', 'mi\u017fs', 'miss'],
    ['a dotless i', 'v\u0131ctim', 'victim'],
    ['a sharp s', 'stra\u00dfe', 'STRASSE'],
    ['a ligature', '\ufb01nn', 'finn'],
    ['composed and decomposed letters', 'andr\u00e9', 'andre\u0301'],
    ['characters without width', 'vic\u200b\u00ad\ufefftim', 'victim'],
    ['spaces', ' victim\u00a0', 'victim'],
  ])('is the same for %s', (_what, one, other) => {
    expect(foldIdentifier(one)).toBe(foldIdentifier(other));
  });

  it('distinguishes other names', () => {
    expect(new Set(['ada', 'adam', 'ad\u00e4', 'a.da'].map(foldIdentifier)).size).toBe(4);
  });
});
