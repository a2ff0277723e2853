import { expect } from 'vitest';
import { fresh, newUser, refresh, signIn, signInOffline } from '../actions.ts';
import { accessClaims, claimsOf, expectError, expectTokens, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Target } from '../target.ts';

const limits = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

const machineToken = (target: Target) =>
  target.token('machine', { grant_type: 'client_credentials', audience: target.setting('AUDIENCE') });

export const tenantRows: readonly ContractRow[] = [
  {
    id: 'TT01',
    title: 'after the clock moves by 86,401 seconds a token has expired, and a new one has the new time',
    controls: ['clock'],
    async run(target, { clock }) {
      const old = textOf(expectTokens(await machineToken(target)), 'access_token');
      const { iat = 0 } = await claimsOf(target, old);
      await clock.travel(86_401);
      await expect(claimsOf(target, old)).rejects.toThrow('"exp" claim timestamp check failed');
      const claims = await accessClaims(target, expectTokens(await machineToken(target)));
      expect((claims.iat ?? 0) - iat).toBeGreaterThanOrEqual(86_401);
      expect((claims.iat ?? 0) - iat).toBeLessThan(86_431);
    },
  },
  {
    id: 'FI01',
    title: 'an injected fault applies once',
    controls: ['faults'],
    async run(target, { faults }) {
      const fault = { method: 'POST', path: '^/oauth/token$', status: 429, times: 1 };
      await faults.inject([
        { ...fault, headers: { 'retry-after': '7' }, body: { error: 'too_many_requests' } },
      ]);
      const spoiled = await machineToken(target);
      expectError(spoiled, 429, 'too_many_requests');
      expect(spoiled.headers.get('retry-after')).toBe('7');
      expectTokens(await machineToken(target));
    },
  },
  {
    id: 'rate-limit-headers',
    title: 'responses state the rate limit, the remaining requests, and the reset time in epoch seconds',
    async run(target) {
      const user = await newUser(target);
      for (const answer of [
        await signIn(target, user),
        await signIn(target, { ...user, password: 'wrong' }),
      ]) {
        const [limit = 0, remaining = 0, reset = 0] = limits.map((name) => {
          expect(answer.headers.get(name), name).toMatch(/^\d+$/);
          return Number(answer.headers.get(name));
        });
        expect(remaining).toBeLessThanOrEqual(limit);
        expect(Math.abs(reset - target.nowMs() / 1000)).toBeLessThan(24 * 3600);
      }
    },
  },
  {
    id: 'hints',
    title: 'an error names the setting that fixes it on a real tenant',
    controls: ['hints'],
    async run(target, { hints }) {
      const answer = await target.token('machine', {
        grant_type: 'client_credentials',
        audience: `urn:${fresh('unknown')}`,
      });
      expect(hints.of(answer.headers)).toMatch(/\w+/);
      expect(hints.of((await machineToken(target)).headers)).toBeUndefined();
    },
  },
  {
    id: 'event-codes',
    title: "the log records events with Auth0's codes",
    controls: ['log'],
    async run(target, { log }) {
      const before = log.types().length;
      const tokens = await signInOffline(target);
      const old = textOf(tokens, 'refresh_token');
      await signIn(target, { email: `${fresh('nobody')}@example.com`, password: 'wrong' });
      await signIn(target, { ...(await newUser(target)), password: 'wrong' });
      await refresh(target, old);
      await refresh(target, old);
      await refresh(target, 'garbage');
      await machineToken(target);
      await target.token('machine', { grant_type: 'client_credentials', client_secret: 'wrong' });
      expect(log.types().slice(before)).toEqual([
        'ss',
        's',
        'sepft',
        'fu',
        'ss',
        'fp',
        'sertft',
        'ferrt',
        'fertft',
        'seccft',
        'feccft',
      ]);
    },
  },
];
