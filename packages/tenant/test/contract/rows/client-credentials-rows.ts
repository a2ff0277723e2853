import { expect } from 'vitest';
import { fresh, scopesOf } from '../actions.ts';
import { accessClaims, expectError, expectTokens } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import { type Parameters, type Target, toForm } from '../target.ts';

const ask = (target: Target, parameters: Parameters = {}) =>
  target.token('machine', {
    grant_type: 'client_credentials',
    audience: target.setting('AUDIENCE'),
    ...parameters,
  });

export const clientCredentialsRows: readonly ContractRow[] = [
  {
    id: 'CC01',
    title: 'a machine client gets a token for the API, with the scopes of its grant',
    needs: ['machine'],
    async run(target) {
      const answer = expectTokens(await ask(target));
      const { token_type, expires_in, refresh_token } = answer.json;
      expect({ token_type, expires_in, refresh_token }).toEqual({ token_type: 'Bearer', expires_in: 86_400 });
      const { client_id } = target.client('machine');
      const claims = await accessClaims(target, answer);
      expect(claims).toEqual({
        iss: target.issuer,
        sub: `${client_id}@clients`,
        aud: target.setting('AUDIENCE'),
        iat: expect.any(Number),
        exp: (claims.iat ?? 0) + 86_400,
        azp: client_id,
        scope: scopesOf(target).first,
        gty: 'client-credentials',
      });
    },
  },
  {
    id: 'CC02',
    title: 'a wrong secret answers 401 access_denied',
    needs: ['machine'],
    async run(target) {
      expectError(await ask(target, { client_secret: 'wrong' }), 401, 'access_denied', 'Unauthorized');
    },
  },
  {
    id: 'CC03',
    title: 'an unknown client answers like a wrong secret',
    needs: ['machine'],
    async run(target) {
      expectError(await ask(target, { client_id: fresh('nobody') }), 401, 'access_denied', 'Unauthorized');
    },
  },
  {
    id: 'CC04',
    title: 'an unknown audience answers 403 access_denied',
    needs: ['machine'],
    async run(target) {
      const audience = `urn:${fresh('unknown')}`;
      const text = `Service not enabled within domain: ${audience}`;
      expectError(await ask(target, { audience }), 403, 'access_denied', text);
    },
  },
  {
    id: 'CC05',
    title: 'an API without a client grant answers 403 access_denied and explains the fix',
    needs: ['machine'],
    async run(target) {
      const answer = await ask(target, { audience: `${target.issuer}api/v2/` });
      expectError(answer, 403, 'access_denied', /client-grant/);
    },
  },
  {
    id: 'CC06',
    title: 'HTTP Basic and a JSON body work too',
    needs: ['machine'],
    async run(target) {
      const { client_id, client_secret } = target.client('machine');
      const asked = { grant_type: 'client_credentials', audience: target.setting('AUDIENCE') };
      const pair = `${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`;
      const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
      expectTokens(await target.post('/oauth/token', toForm(asked), { authorization }));
      expectTokens(await target.post('/oauth/token', { ...asked, client_id, client_secret }));
    },
  },
  {
    id: 'CC07',
    title: 'a grant type that the client lacks answers 403 unauthorized_client',
    async run(target) {
      const asked = { grant_type: 'client_credentials', audience: target.setting('AUDIENCE') };
      const answer = await target.token('app', asked);
      const text = "Grant type 'client_credentials' not allowed for the client.";
      expectError(answer, 403, 'unauthorized_client', text);
      expect(answer.json.error_uri).toBe('https://auth0.com/docs/clients/client-grant-types');
    },
  },
  {
    id: 'CC08',
    title: 'a scope outside the grant answers 403 access_denied',
    needs: ['machine'],
    async run(target) {
      const scope = scopesOf(target).second;
      const text = `Client has not been granted scopes: ${scope}`;
      expectError(await ask(target, { scope }), 403, 'access_denied', text);
    },
  },
];
