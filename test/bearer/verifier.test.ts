import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createVerificationGate } from '../../src/bearer/verification-gate.ts';
import { createVerifier, type Verifier, type VerifierDeps } from '../../src/bearer/verifier.ts';
import { GatewayError } from '../../src/errors.ts';
import { createTravelClock, systemClock } from '../../src/lib/clock.ts';
import { call } from './support/call.ts';
import { clientId, goodClaims, issuer, makeRsaKey, makeToken } from './support/signer.ts';
import { startWorld } from './support/world.ts';

const key = makeRsaKey('k1');
const tokens = Array.from({ length: 200 }, (_, i) => makeToken(key, goodClaims({ jti: String(i) })));
const tokenOf = (i: number): string => tokens[i] ?? '';

function create(changes: Partial<VerifierDeps> = {}): Verifier {
  const keys = { version: 1, find: () => key.publicKey };
  return createVerifier({
    keys,
    clock: systemClock,
    issuer,
    clientId,
    algs: ['RS256'],
    types: ['JWT'],
    ...changes,
  });
}

describe('the cache of verified tokens', () => {
  it('returns a cached token synchronously, and checks its signature once', async () => {
    const verifier = create();
    const first = verifier.verify(tokenOf(0), {});
    expect(first).toBeInstanceOf(Promise);
    const facts = await first;
    expect(verifier.verify(tokenOf(0), {})).toBe(facts);
    expect(verifier.stats()).toEqual({ hits: 1, checks: 1, remembered: 1 });
  });

  it('is bounded, and keeps the recently used tokens', async () => {
    const verifier = create({ maxRemembered: 20 });
    for (let i = 0; i < 200; i += 1) {
      await verifier.verify(tokenOf(i), {});
      await verifier.verify(tokenOf(0), {});
    }
    expect(verifier.stats().remembered).toBeLessThanOrEqual(20);
    expect(verifier.stats().checks).toBe(200);
  });

  it('contains no refused token', async () => {
    const verifier = create({ keys: { version: 1, find: () => makeRsaKey('k1').publicKey } });
    for (const _ of [1, 2]) expect(await verifier.verify(tokenOf(0), {})).toBe('signature');
    expect(verifier.stats()).toEqual({ hits: 0, checks: 2, remembered: 0 });
  });

  it('is emptied when the keys change', async () => {
    const keys = { version: 1, find: (): KeyObject | undefined => key.publicKey };
    const verifier = create({ keys });
    await verifier.verify(tokenOf(0), {});
    keys.version = 2;
    keys.find = () => undefined;
    expect(await verifier.verify(tokenOf(0), {})).toBe('key');
  });

  it('stores no token whose key was removed while its signature was checked', async () => {
    const keys = {
      version: 1,
      find: async () => {
        setImmediate(() => (keys.version = 2));
        return key.publicKey;
      },
    };
    const verifier = create({ keys });
    expect(await verifier.verify(tokenOf(0), {})).toBeTypeOf('object');
    await new Promise((resolve) => setImmediate(resolve));
    expect(verifier.stats()).toEqual({ hits: 0, checks: 1, remembered: 0 });
  });

  it('checks a token once for a hundred parallel requests', async () => {
    const verifier = create();
    const socket = {};
    await Promise.all(Array.from({ length: 100 }, async () => verifier.verify(tokenOf(0), socket)));
    expect(verifier.stats().checks).toBe(1);
  });

  it('does not outlive the token', async () => {
    const clock = createTravelClock();
    const verifier = create({ clock });
    const now = Math.floor(clock.now() / 1000);
    const token = makeToken(key, goodClaims({ iat: now, exp: now + 100 }));
    await verifier.verify(token, {});
    clock.offsetS += 161;
    expect(verifier.verify(token, {})).toBe('expired');
    clock.offsetS -= 400;
    expect(verifier.verify(token, {})).toBe('not_yet_valid');
  });
});

describe('the queue of verifications', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('starts a few verifications per turn of the event loop', async () => {
    const gate = createVerificationGate(4);
    let started = 0;
    const all = Array.from({ length: 10 }, () => gate({}, async () => (started += 1)));
    expect(started).toBe(4);
    await turn();
    expect(started).toBe(8);
    await turn();
    expect(started).toBe(10);
    expect((await Promise.all(all)).length).toBe(10);
  });

  it('runs one at a time per socket, so that another socket does not wait for its queue', async () => {
    const gate = createVerificationGate(4);
    const greedy = {};
    const order: string[] = [];
    const slow = (): Promise<void> => turn().then(turn);
    const flood = Array.from({ length: 20 }, () =>
      gate(greedy, () => slow().then(() => void order.push('greedy'))),
    );
    await gate({}, () => slow().then(() => void order.push('modest')));
    expect(order).toEqual(['greedy', 'modest']);
    await Promise.all(flood);
    expect(order.length).toBe(21);
  });

  it('continues after a failure, and refuses with 503 when it is full', async () => {
    const gate = createVerificationGate(1, 2);
    const fail = (): Promise<never> => Promise.reject(new Error('x'));
    const results = Promise.allSettled([gate({}, fail), gate({}, fail), gate({}, async () => 'done')]);
    expect(() => gate({}, fail)).toThrow(GatewayError);
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await gate({}, async () => 'again')).toBe('again');
  });
});

describe('a flood of invalid signatures', () => {
  it('does not delay a cached token, and is refused completely', async () => {
    const world = await startWorld([key]);
    try {
      const stranger = makeRsaKey('k1');
      const bad = Array.from({ length: 1500 }, (_, i) => makeToken(stranger, goodClaims({ jti: String(i) })));
      const good = tokenOf(0);
      await call(world.url, good);
      const lanes = 50;
      const flood = Array.from({ length: lanes }, async (_, lane) => {
        const statuses = new Set<number>();
        for (let i = lane; i < bad.length; i += lanes) statuses.add((await call(world.url, bad[i])).status);
        return [...statuses];
      });
      const isOver = Promise.all(flood).then(() => 'over' as const);
      let served = 0;
      for (;;) {
        const answer = await Promise.race([isOver, call(world.url, good)]);
        if (answer === 'over') break;
        expect(answer.status).toBe(200);
        served += 1;
      }
      expect((await Promise.all(flood)).flat().every((status) => status === 401)).toBe(true);
      // Far more than any of the flooding callers completed.
      expect(served).toBeGreaterThan((2 * bad.length) / lanes);
      expect(world.app.verifier.stats()).toMatchObject({ checks: 1501, remembered: 1 });
    } finally {
      await world.close();
    }
  });
});
