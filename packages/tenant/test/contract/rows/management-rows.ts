import { expect } from 'vitest';
import { fresh, newPassword, scopesOf, signIn } from '../actions.ts';
import { accessClaims, expectOk, expectTokens, summaryOf, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import { type Answer, type Target, toForm } from '../target.ts';

const path = '/api/v2';

const managementToken = (target: Target, scope?: string): Promise<Answer> =>
  target.token('management', {
    grant_type: 'client_credentials',
    audience: `${target.issuer}api/v2/`,
    scope,
  });

/** Authorization for a row's calls, with these scopes; without any, with all scopes of the client. */
async function authorise(target: Target, scope?: string) {
  const token = textOf(expectTokens(await managementToken(target, scope)), 'access_token');
  return { authorization: `Bearer ${token}` };
}

/** Expects an error of the Management API in its complete format. */
function expectRefusal(answer: Answer, statusCode: number, error: string, errorCode?: string): void {
  expect(answer.status, summaryOf(answer)).toBe(statusCode);
  expect(answer.json).toEqual({
    statusCode,
    error,
    message: expect.any(String),
    ...(errorCode !== undefined && { errorCode }),
  });
}

function expectMade(answer: Answer): Answer {
  expect(answer.status, summaryOf(answer)).toBe(201);
  return answer;
}

export const managementRows: readonly ContractRow[] = [
  {
    id: 'MG01',
    title: 'users are created, updated, refused as duplicates, deleted and not found',
    needs: ['management'],
    async run(target) {
      const headers = await authorise(target);
      const body = {
        connection: target.setting('CONNECTION'),
        email: `${fresh('contract')}@example.com`,
        password: newPassword(),
        verify_email: false,
        user_metadata: { color: 'red', size: 1 },
        app_metadata: { plan: 'gold' },
      };
      const made = expectMade(await target.post(`${path}/users`, body, headers));
      const user = `${path}/users/${encodeURIComponent(textOf(made, 'user_id'))}`;
      expect(made.json).toMatchObject({
        email: body.email,
        email_verified: false,
        app_metadata: { plan: 'gold' },
      });
      expectRefusal(await target.post(`${path}/users`, body, headers), 409, 'Conflict', 'auth0_idp_error');
      expectTokens(await signIn(target, body, { scope: 'openid' }));
      const change = { user_metadata: { size: null, shape: { round: true } }, email_verified: true };
      expectOk(await target.patch(user, change, headers));
      expect(expectOk(await target.get(user, headers)).json).toMatchObject({
        email_verified: true,
        user_metadata: { color: 'red', shape: { round: true } },
        app_metadata: { plan: 'gold' },
      });
      const removed = await target.delete(user, headers);
      expect([removed.status, removed.text]).toEqual([204, '']);
      expectRefusal(await target.get(user, headers), 404, 'Not Found', 'inexistent_user');
      expectRefusal(await target.patch(user, change, headers), 404, 'Not Found', 'inexistent_user');
    },
  },
  {
    id: 'MG02',
    title: 'a token without the scope answers 403 insufficient_scope',
    needs: ['management'],
    async run(target) {
      const answer = await target.get(`${path}/users`, await authorise(target, 'read:clients'));
      expectRefusal(answer, 403, 'Forbidden', 'insufficient_scope');
      expect(answer.json.message).toMatch(/^Insufficient scope, expected any of: (.+,)?read:users(,|$)/);
      const anonymous = await target.get(`${path}/users`);
      expectRefusal(anonymous, 401, 'Unauthorized');
      expect(anonymous.json.message).toBe('Missing authentication');
    },
  },
  {
    id: 'MG03',
    title: 'a new client is usable at once',
    needs: ['management'],
    async run(target) {
      const headers = await authorise(target);
      const { first } = scopesOf(target);
      const audience = target.setting('AUDIENCE');
      const client = expectMade(
        await target.post(
          `${path}/clients`,
          { name: fresh('contract'), app_type: 'non_interactive', grant_types: ['client_credentials'] },
          headers,
        ),
      );
      const client_id = textOf(client, 'client_id');
      const asked = toForm({
        grant_type: 'client_credentials',
        client_id,
        client_secret: textOf(client, 'client_secret'),
        audience,
      });
      const grant = { client_id, audience, scope: [first] };
      expectMade(await target.post(`${path}/client-grants`, grant, headers));
      const claims = await accessClaims(target, expectTokens(await target.post('/oauth/token', asked)));
      expect(claims).toMatchObject({ sub: `${client_id}@clients`, aud: audience, scope: first });
      expect((await target.delete(`${path}/clients/${client_id}`, headers)).status).toBe(204);
      expect((await target.post('/oauth/token', asked)).status).toBe(401);
    },
  },
];
