import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { fresh, newUser, realmGrant, scopesOf, signIn, userinfo } from '../actions.ts';
import { accessClaims, claimsOf, expectError, expectOk, expectTokens, textOf, wordsOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';

const wrong = 'Wrong email or password.';

/** An address reserved for documentation (RFC 5737). */
const someAddress = (): string => `203.0.113.${randomInt(1, 255)}`;

export const passwordRows: readonly ContractRow[] = [
  {
    id: 'PW01',
    title: 'a password with an API and openid gets a token for the API and /userinfo',
    async run(target) {
      const user = await newUser(target);
      const audience = target.setting('AUDIENCE');
      const scope = `openid profile email ${scopesOf(target).first}`;
      const answer = expectTokens(await signIn(target, user, { audience, scope }));
      expect(answer.json.token_type).toBe('Bearer');
      expect(wordsOf(answer.json.scope ?? scope)).toEqual(wordsOf(scope));
      const claims = await accessClaims(target, answer);
      expect(claims).toEqual({
        iss: target.issuer,
        sub: user.user_id,
        aud: [audience, `${target.issuer}userinfo`],
        iat: expect.any(Number),
        exp: expect.any(Number),
        azp: target.client('app').client_id,
        scope: expect.any(String),
        gty: 'password',
      });
      expect(wordsOf(claims.scope)).toEqual(wordsOf(scope));
    },
  },
  {
    id: 'PW02',
    title: 'its ID token has the claims of the profile',
    async run(target) {
      const user = await newUser(target);
      const scope = 'openid profile email';
      const answer = expectTokens(await signIn(target, user, { scope }));
      const claims = await claimsOf(target, textOf(answer, 'id_token'));
      expect(claims).toEqual({
        iss: target.issuer,
        sub: user.user_id,
        aud: target.client('app').client_id,
        iat: expect.any(Number),
        exp: (claims.iat ?? 0) + 36_000,
        nickname: user.email.split('@')[0],
        name: user.email,
        picture: expect.stringMatching(/^https:\/\//),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        email: user.email,
        email_verified: false,
      });
    },
  },
  {
    id: 'PW03',
    title: 'a wrong password answers 403 invalid_grant',
    async run(target) {
      const user = await newUser(target);
      expectError(await signIn(target, { ...user, password: 'wrong' }), 403, 'invalid_grant', wrong);
    },
  },
  {
    id: 'PW04',
    title: 'an unknown user gets the same response',
    async run(target) {
      const user = await newUser(target);
      const known = await signIn(target, { ...user, password: 'wrong' });
      const unknown = await signIn(target, { ...user, email: `${fresh('nobody')}@example.com` });
      expectError(unknown, 403, 'invalid_grant', wrong);
      expect(unknown.text).toBe(known.text);
    },
  },
  {
    id: 'PW05',
    title: 'without an audience the token is opaque, and /userinfo accepts it',
    async run(target) {
      const user = await newUser(target);
      const answer = expectTokens(await signIn(target, user, { scope: 'openid' }));
      const token = textOf(answer, 'access_token');
      expect(token.split('.').length).not.toBe(3);
      expect(expectOk(await userinfo(target, token)).json.sub).toBe(user.user_id);
    },
  },
  {
    id: 'PW06',
    title: 'the realm grant requires the name of a connection',
    async run(target) {
      const user = await newUser(target);
      expectTokens(await signIn(target, user));
      const asked = { grant_type: realmGrant, username: user.email, password: user.password };
      expectError(await target.token('app', asked), 400, 'invalid_request');
    },
  },
  {
    id: 'PW07',
    title: 'a client without the password grant answers 403 unauthorized_client',
    needs: ['machine'],
    async run(target) {
      const { email: username, password } = await newUser(target);
      const answer = await target.token('machine', { grant_type: 'password', username, password });
      const text = "Grant type 'password' not allowed for the client.";
      expectError(answer, 403, 'unauthorized_client', text);
    },
  },
  {
    id: 'PW08',
    title: 'neither scope nor audience means all scopes of the profile',
    async run(target) {
      const { email: username, password } = await newUser(target);
      const answer = expectTokens(await target.token('app', { grant_type: 'password', username, password }));
      expect(answer.json.scope).toBe('openid profile email address phone');
      expect(answer.json.id_token).toBeTypeOf('string');
    },
  },
  {
    id: 'PW10',
    title: 'a blocked user answers 401 unauthorized',
    needs: ['blocked user'],
    async run(target) {
      const blocked = {
        email: target.setting('BLOCKED_USERNAME'),
        password: target.setting('BLOCKED_PASSWORD'),
      };
      expectError(await signIn(target, blocked), 401, 'unauthorized', 'user is blocked');
    },
  },
  {
    id: 'PW11',
    title: 'ten failures from one forwarded address block it for that user only',
    async run(target) {
      const user = await newUser(target);
      const [address, other] = [someAddress(), `198.51.100.${randomInt(1, 255)}`];
      const from = (ip: string) => ({ headers: { 'auth0-forwarded-for': ip } });
      const failing = { ...user, password: 'wrong' };
      for (let failures = 0; failures < 10; failures += 1)
        expectError(await signIn(target, failing, {}, from(address)), 403, 'invalid_grant', wrong);
      const eleventh = await signIn(target, failing, {}, from(address));
      const text = /^Your account has been blocked after multiple consecutive login attempts/;
      expectError(eleventh, 429, 'too_many_attempts', text);
      expectError(await signIn(target, user, {}, from(address)), 429, 'too_many_attempts', text);
      expectTokens(await signIn(target, user, {}, from(other)));
      expectTokens(await signIn(target, await newUser(target), {}, from(address)));
    },
  },
  {
    id: 'PW12',
    title: 'an API with RBAC grants the user’s permissions, as scope and as permissions',
    needs: ['rbac'],
    async run(target) {
      const user = { email: target.setting('RBAC_USERNAME'), password: target.setting('RBAC_PASSWORD') };
      const { first, second } = scopesOf(target, 'RBAC_SCOPES');
      const audience = target.setting('RBAC_AUDIENCE');
      const answer = expectTokens(await signIn(target, user, { audience, scope: `${first} ${second}` }));
      const claims = await accessClaims(target, answer);
      expect(claims).toMatchObject({ aud: audience, permissions: [first] });
      expect(claims.scope).toBe(first);
    },
  },
  {
    id: 'PW13',
    title: 'an unknown grant answers 403 unsupported_grant_type',
    async run(target) {
      expectError(await target.token('app', { grant_type: 'conjuring' }), 403, 'unsupported_grant_type');
    },
  },
  {
    id: 'no-default-directory',
    title: 'a plain password without a default directory answers 500 server_error',
    controls: ['settings'],
    async run(target, { settings }) {
      const user = await newUser(target);
      const asked = { grant_type: 'password', username: user.email, password: user.password };
      await settings.during({ default_directory: '' }, async () => {
        const text = 'Authorization server not configured with default connection.';
        expectError(await target.token('app', asked), 500, 'server_error', text);
        expectTokens(await signIn(target, user));
      });
      expectTokens(await target.token('app', asked));
    },
  },
];
