import { expect } from 'vitest';
import { fresh, grantType } from '../actions.ts';
import { claimsOf, expectError, expectOk, expectTokens, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';

export const otherThan = (code: string): string => (code === '111111' ? '222222' : '111111');

export const passwordlessRows: readonly ContractRow[] = [
  {
    id: 'PL01',
    title: 'a code by mail: a wrong one answers 403, the right one signs in',
    controls: ['inbox'],
    async run(target, { inbox }) {
      const email = `${fresh('contract')}@example.com`;
      const body = { ...target.client('app'), connection: 'email', email, send: 'code' };
      const started = expectOk(await target.post('/passwordless/start', body));
      expect(started.json).toEqual({ _id: expect.any(String), email, email_verified: false });
      const code = (await inbox.list(email)).at(-1)?.code ?? '';
      expect(code).toMatch(/^\d{6}$/);
      const redeem = (otp: string) =>
        target.token('app', {
          grant_type: grantType('passwordless/otp'),
          username: email,
          otp,
          realm: 'email',
          scope: 'openid email',
        });
      const wrong = 'Wrong email or verification code.';
      expectError(await redeem(otherThan(code)), 403, 'invalid_grant', wrong);
      const answer = expectTokens(await redeem(code));
      expect(await claimsOf(target, textOf(answer, 'id_token'))).toMatchObject({
        sub: expect.stringMatching(/^email\|[0-9a-f]{24}$/),
        email,
        email_verified: true,
      });
      expectError(await redeem(code), 403, 'invalid_grant', wrong);
    },
  },
];
