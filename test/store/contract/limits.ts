import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFailureLimiter } from '../../../src/limits/failure-limit.ts';
import { createLimiter } from '../../../src/limits/rate-limit.ts';
import type { Store } from '../../../src/store/store.ts';
import type { StoreUnderTest } from './target.ts';

const rate = { count: 5, windowS: 600 };
const settle = async (attempts: readonly Promise<unknown>[]): Promise<number> =>
  (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled').length;

/** Tests of rate limits on a store, in two parallel processes. */
export function limitContract(target: () => StoreUnderTest & { readonly other: Store }): void {
  const limiters = (name: string, limit = rate) => [
    createLimiter(target().store.makeLimiter, name, limit),
    createLimiter(target().other.makeLimiter, name, limit),
  ];
  const failureLimiters = (name: string) => [
    createFailureLimiter(target().store.makeLimiter, name, rate),
    createFailureLimiter(target().other.makeLimiter, name, rate),
  ];

  describe('a limit', () => {
    it('allows exactly its count, in parallel too', async () => {
      const both = limiters('exact');
      expect(await settle(Array.from({ length: 60 }, (_, i) => both[i % 2]!.charge('a')))).toBe(5);
      await expect(both[0]!.charge('a')).rejects.toMatchObject({ code: 'rate_limited' });
      await expect(both[1]!.charge('b')).resolves.toBeDefined();
    });

    it('does not count refused calls, and refunds no more than was charged', async () => {
      const [one, other] = limiters('refund');
      for (let i = 0; i < 5; i++) await one!.charge('a');
      expect(await settle(Array.from({ length: 20 }, () => other!.charge('a')))).toBe(0);
      await other!.refund('a');
      expect(await settle(Array.from({ length: 20 }, () => one!.charge('a')))).toBe(1);
      for (let i = 0; i < 9; i++) await one!.refund('a');
      expect(await settle(Array.from({ length: 20 }, () => other!.charge('a')))).toBe(5);
    });

    it('returns the remaining count, and the time of the reset', async () => {
      const [one, other] = limiters('told');
      const first = await one!.charge('a');
      expect(first['RateLimit-Policy']).toBe('"told";q=5;w=600');
      expect(first['RateLimit']).toBe('"told";r=4;t=600');
      for (let i = 0; i < 4; i++) await other!.charge('a');
      const refusal = await other!.charge('a').catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'rate_limited', options: { reason: 'told' } });
      const { retryAfterS, headers } = (refusal as { options: { retryAfterS: number; headers: object } })
        .options;
      expect(retryAfterS).toBeGreaterThan(500);
      expect(retryAfterS).toBeLessThanOrEqual(600);
      expect(headers).toMatchObject({ RateLimit: `"told";r=0;t=${retryAfterS}` });
    });

    it('resets at the end of its window', async () => {
      const [one, other] = limiters('window', { count: 2, windowS: 1 });
      await one!.charge('a');
      await one!.charge('a');
      while ((await settle([other!.charge('a')])) === 0) await sleep(50);
    });
  });

  describe('a limit of failures', () => {
    it('allows no more failures than its count, over parallel processes', async () => {
      const both = failureLimiters('guesses');
      let tried = 0;
      const attempts = Array.from({ length: 60 }, async (_, i) => {
        const attempt = await both[i % 2]!.enter('a');
        tried++;
        await sleep(5);
        await attempt.failed();
      });
      expect(await settle(attempts)).toBe(5);
      expect(tried).toBe(5);
    });

    it('allows all successful attempts, and never more in parallel than could fail', async () => {
      const both = failureLimiters('passes');
      let running = 0;
      let most = 0;
      const attempts = Array.from({ length: 60 }, async (_, i) => {
        const attempt = await both[i % 2]!.enter('a');
        most = Math.max(most, ++running);
        await sleep(1);
        running--;
        await attempt.passed();
      });
      expect(await settle(attempts)).toBe(60);
      expect(most).toBeLessThanOrEqual(5);
    });

    it('clears failures by a success that requests it, in all processes', async () => {
      const [one, other] = failureLimiters('forgets');
      for (let i = 0; i < 4; i++) await (await one!.enter('a')).failed();
      await (await other!.enter('a')).passed('clear');
      for (let i = 0; i < 5; i++) await (await one!.enter('a')).failed();
      await expect(other!.enter('a')).rejects.toMatchObject({ code: 'rate_limited' });
    });

    it('clears by a success only the failures of its own name', async () => {
      const [one, other] = failureLimiters('names');
      for (let i = 0; i < 2; i++) await (await one!.enter('a', 'mine')).failed();
      for (let i = 0; i < 2; i++) await (await one!.enter('a', 'yours')).failed();
      await (await other!.enter('a', 'mine')).passed('clear');
      for (let i = 0; i < 3; i++) await (await one!.enter('a', 'mine')).failed();
      await expect(other!.enter('a', 'mine')).rejects.toMatchObject({ code: 'rate_limited' });
    });

    it('allows no additional attempts by parallel successes', async () => {
      const both = failureLimiters('clears');
      for (let i = 0; i < 3; i++) await (await both[0]!.enter('a')).failed();
      await Promise.all(
        Array.from({ length: 30 }, async (_, i) => (await both[i % 2]!.enter('a')).passed('clear')),
      );
      const guesses = Array.from({ length: 30 }, async (_, i) => (await both[i % 2]!.enter('a')).failed());
      expect(await settle(guesses)).toBe(5);
    });
  });
}
