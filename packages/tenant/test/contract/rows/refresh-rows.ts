import { expect } from 'vitest';
import { refresh, scopesOf, signInOffline, userinfo } from '../actions.ts';
import {
  accessClaims,
  claimsOf,
  expectError,
  expectOk,
  expectTokens,
  statusesOf,
  textOf,
  wordsOf,
} from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import { type Answer, type Target, toForm } from '../target.ts';

const unknown = 'Unknown or invalid refresh token.';
const tokenOf = (answer: Answer): string => textOf(answer, 'refresh_token');

async function expectDead(target: Target, token: string): Promise<void> {
  expectError(await refresh(target, token), 403, 'invalid_grant', unknown);
}

const revoke = (target: Target, token: string): Promise<Answer> =>
  target.post('/oauth/revoke', toForm({ ...target.client('app'), token }));

function expectRevoked(answer: Answer): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
}

export const refreshRows: readonly ContractRow[] = [
  {
    id: 'RT01',
    title: 'each use returns a new token; reusing an old one revokes all',
    async run(target) {
      const old = tokenOf(await signInOffline(target));
      const used = expectTokens(await refresh(target, old));
      const young = tokenOf(used);
      expect(young).not.toBe(old);
      await expectDead(target, old);
      await expectDead(target, young);
    },
  },
  {
    id: 'RT02',
    title: 'garbage answers 403 invalid_grant',
    run: (target) => expectDead(target, 'garbage'),
  },
  {
    id: 'RT03',
    title: 'fewer scopes can be requested: the same audience, those scopes, and an ID token',
    async run(target) {
      const first = await signInOffline(target);
      const scope = `openid ${scopesOf(target).first}`;
      const answer = expectTokens(await refresh(target, tokenOf(first), { scope }));
      const claims = await accessClaims(target, answer);
      expect(claims.aud).toEqual((await accessClaims(target, first)).aud);
      expect(wordsOf(claims.scope)).toEqual(wordsOf(scope));
      const { sub, aud } = await claimsOf(target, textOf(answer, 'id_token'));
      expect({ sub, aud }).toEqual({ sub: claims.sub, aud: target.client('app').client_id });
    },
  },
  {
    id: 'RT04',
    title: "another client's token answers 403 invalid_grant, and stays valid for its own client",
    needs: ['other'],
    async run(target) {
      const token = tokenOf(await signInOffline(target));
      expectError(await refresh(target, token, {}, 'other'), 403, 'invalid_grant', unknown);
      expectTokens(await refresh(target, token));
    },
  },
  {
    id: 'RT05',
    title: 'of three parallel uses one succeeds, and then all tokens are revoked',
    async run(target) {
      for (let round = 0; round < (target.control ? 10 : 3); round += 1) {
        const old = tokenOf(await signInOffline(target));
        const answers = await Promise.all([1, 2, 3].map(() => refresh(target, old)));
        expect(statusesOf(answers)).toEqual([200, 403, 403]);
        const winner = answers.find(({ status }) => status === 200);
        if (winner) await expectDead(target, tokenOf(winner));
        await expectDead(target, old);
      }
    },
  },
  {
    id: 'leeway',
    title: 'within the leeway the previous token works again; after it, its reuse revokes all',
    needs: ['other'],
    async run(target) {
      const old = tokenOf(await signInOffline(target, 'other'));
      const use = (token: string) => refresh(target, token, {}, 'other');
      expectTokens(await use(old));
      const young = tokenOf(expectTokens(await use(old)));
      await target.pass(Number(target.setting('OTHER_LEEWAY_S')) + 1);
      expectError(await use(old), 403, 'invalid_grant', unknown);
      expectError(await use(young), 403, 'invalid_grant', unknown);
    },
  },
  {
    id: 'RV01',
    title: 'a token is revoked by form and by JSON: 200 with an empty body',
    async run(target) {
      const token = tokenOf(await signInOffline(target));
      expectRevoked(await revoke(target, token));
      await expectDead(target, token);
      const another = tokenOf(await signInOffline(target));
      expectRevoked(await target.post('/oauth/revoke', { ...target.client('app'), token: another }));
      await expectDead(target, another);
    },
  },
  {
    id: 'RV02',
    title: 'revoking an unknown token has the same response',
    async run(target) {
      expectRevoked(await revoke(target, 'unknown'));
    },
  },
  {
    id: 'UI01',
    title: 'a token for the API with openid works at /userinfo',
    async run(target) {
      const tokens = await signInOffline(target);
      const { sub } = await accessClaims(target, tokens);
      const answer = expectOk(await userinfo(target, textOf(tokens, 'access_token')));
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(answer.json).toEqual({ sub });
    },
  },
  {
    id: 'UI02',
    title: 'a missing and an invalid token answer 401 in plain text',
    async run(target) {
      const bad = await userinfo(target, 'bad');
      for (const answer of [await userinfo(target, undefined), bad]) {
        expect({ status: answer.status, text: answer.text }).toEqual({ status: 401, text: 'Unauthorized' });
      }
      expect(bad.headers.get('www-authenticate')).toMatch(/^Bearer realm="Users", error="invalid_token"/);
    },
  },
  {
    id: 'UI03',
    title: "a machine's token answers 401",
    needs: ['machine'],
    async run(target) {
      const asked = { grant_type: 'client_credentials', audience: target.setting('AUDIENCE') };
      const token = textOf(expectTokens(await target.token('machine', asked)), 'access_token');
      expect((await userinfo(target, token)).status).toBe(401);
    },
  },
];
