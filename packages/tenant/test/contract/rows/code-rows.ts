import { expect } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import {
  answerOf,
  authorizeUrl,
  exchange,
  fresh,
  newUser,
  pkcePair,
  scopesOf,
  signedInBrowser,
  signInOnPage,
  silentCode,
  userinfo,
} from '../actions.ts';
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

const invalidCode = 'Invalid authorization code';

export const codeRows: readonly ContractRow[] = [
  {
    id: 'AC01',
    title: 'a code with PKCE and nonce returns state, nonce and sid, offline_access, and no gty',
    async run(target) {
      const user = await newUser(target);
      const { code_verifier, challenge } = pkcePair();
      const scope = `openid profile email offline_access ${scopesOf(target).first}`;
      const asked = { scope, state: 'a state & more', nonce: fresh('nonce'), ...challenge };
      const page = await signInOnPage(createBrowser(), authorizeUrl(target, asked), user);
      expect(page.status).toBe(302);
      const { code = '', ...others } = answerOf(target, page);
      expect(others).toMatchObject({ state: asked.state });
      const answer = expectTokens(await exchange(target, code, { code_verifier }));
      expect(answer.json.token_type).toBe('Bearer');
      expect(Object.keys(answer.json)).toContain('refresh_token');
      expect(wordsOf(answer.json.scope ?? scope)).toEqual(wordsOf(scope));
      const claims = await accessClaims(target, answer);
      expect(claims).toEqual({
        iss: target.issuer,
        sub: user.user_id,
        aud: [target.setting('AUDIENCE'), `${target.issuer}userinfo`],
        iat: expect.any(Number),
        exp: expect.any(Number),
        azp: target.client('app').client_id,
        scope: expect.any(String),
      });
      expect(wordsOf(claims.scope)).toEqual(wordsOf(scope));
      const idClaims = await claimsOf(target, textOf(answer, 'id_token'));
      expect(idClaims).toMatchObject({
        sub: user.user_id,
        aud: target.client('app').client_id,
        nonce: asked.nonce,
        sid: expect.any(String),
        email: user.email,
      });
      const profile = expectOk(await userinfo(target, textOf(answer, 'access_token')));
      expect(profile.json).toMatchObject({ sub: user.user_id, email: user.email });
    },
  },
  {
    id: 'AC02',
    title: 'a used code answers 403 invalid_grant',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const code = await silentCode(target, browser);
      expectTokens(await exchange(target, code));
      expectError(await exchange(target, code), 403, 'invalid_grant', invalidCode);
    },
  },
  {
    id: 'AC03',
    title: 'a garbage code answers 403 invalid_grant',
    async run(target) {
      expectError(await exchange(target, 'garbage'), 403, 'invalid_grant', invalidCode);
    },
  },
  {
    id: 'AC04',
    title: 'a wrong code verifier answers 403 invalid_grant',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const code = await silentCode(target, browser, pkcePair().challenge);
      const { code_verifier } = pkcePair();
      const text = 'Failed to verify code verifier';
      expectError(await exchange(target, code, { code_verifier }), 403, 'invalid_grant', text);
    },
  },
  {
    id: 'AC05',
    title: 'a different redirect_uri answers 403 unauthorized_client',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const code = await silentCode(target, browser);
      const answer = await exchange(target, code, { redirect_uri: `${target.setting('CALLBACK')}/other` });
      expectError(answer, 403, 'unauthorized_client', /^The redirect URI is wrong\. You sent /);
    },
  },
  {
    id: 'AC06',
    title: 'an unknown audience redirects to the callback with access_denied',
    async run(target) {
      const audience = `urn:${fresh('unknown')}`;
      const page = await createBrowser().open(authorizeUrl(target, { audience, state: 'kept' }));
      expect(page.status).toBe(302);
      expect(answerOf(target, page)).toMatchObject({
        error: 'access_denied',
        error_description: `Service not found: ${audience}`,
        state: 'kept',
      });
    },
  },
  {
    id: 'AC07',
    title: 'a callback that is not registered gets a page, never a redirect',
    async run(target) {
      const redirect_uri = 'https://attacker.example/callback';
      for (const more of [{}, { prompt: 'none' }, { response_mode: 'form_post' }]) {
        const page = await createBrowser().get(authorizeUrl(target, { redirect_uri, ...more }));
        expect(page.status).toBeGreaterThanOrEqual(400);
        expect(page.status).toBeLessThan(500);
        expect(page.headers.has('location')).toBe(false);
        expect(page.headers.get('content-type')).toContain('text/html');
        expect(page.text).toContain('Callback URL mismatch');
        expect(page.forms).toEqual([]);
      }
    },
  },
  {
    id: 'AC19',
    title: 'of two parallel uses of a code one succeeds',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      for (let round = 0; round < (target.control ? 25 : 5); round += 1) {
        const code = await silentCode(target, browser);
        const answers = await Promise.all([1, 2].map(() => exchange(target, code)));
        expect(statusesOf(answers)).toEqual([200, 403]);
      }
    },
  },
  {
    id: 'PAR1',
    title: 'a request can be pushed: 201, valid for 30 seconds and one use',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const { code_verifier, challenge } = pkcePair();
      const parameters = { prompt: 'none', state: 'pushed', ...challenge };
      const form = authorizeUrl(target, parameters).searchParams;
      const { client_id, client_secret } = target.client('app');
      form.set('client_secret', client_secret);
      const pushed = await target.post('/oauth/par', form);
      expect(pushed.status, pushed.text).toBe(201);
      expect(pushed.json).toEqual({
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:\S+$/),
        expires_in: 30,
      });
      const url = new URL('/authorize', target.issuer);
      url.search = new URLSearchParams({ client_id, request_uri: textOf(pushed, 'request_uri') }).toString();
      const { code = '', state } = answerOf(target, await browser.get(url));
      expect(state).toBe('pushed');
      expectTokens(await exchange(target, code, { code_verifier }));
      expect((await browser.get(url)).headers.get('location') ?? '').not.toContain('code=');
    },
  },
  {
    id: 'organization',
    title: 'a sign-in to an organization adds its id and name to both tokens',
    needs: ['organization'],
    async run(target) {
      const email = target.setting('ORGANIZATION_USERNAME');
      const password = target.setting('ORGANIZATION_PASSWORD');
      const organization = target.setting('ORGANIZATION_ID');
      const url = authorizeUrl(target, { organization });
      const page = await signInOnPage(createBrowser(), url, { user_id: '', email, password });
      const answer = expectTokens(await exchange(target, answerOf(target, page).code ?? ''));
      const expected = { org_id: organization, org_name: target.setting('ORGANIZATION_NAME') };
      expect(await accessClaims(target, answer)).toMatchObject(expected);
      expect(await claimsOf(target, textOf(answer, 'id_token'))).toMatchObject(expected);
      const unknown = await createBrowser().open(authorizeUrl(target, { organization: 'org_unknown' }));
      expect(answerOf(target, unknown)).toMatchObject({ error: 'invalid_request' });
    },
  },
];
