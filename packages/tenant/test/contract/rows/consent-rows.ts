import { expect } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import {
  answerOf,
  authorizeUrl,
  codeOf,
  exchange,
  newUser,
  pkcePair,
  scopesOf,
  signedInBrowser,
  signInOnPage,
  silentCode,
} from '../actions.ts';
import { accessClaims, expectTokens } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Parameters, Target } from '../target.ts';

/** What a strict third party can request: its scopes of the API with PKCE, without OpenID Connect scopes. */
function thirdPartyRequest(target: Target, more: Parameters = {}) {
  const { code_verifier, challenge } = pkcePair();
  const url = authorizeUrl(target, { scope: scopesOf(target).first, ...challenge, ...more }, 'third');
  return { url, code_verifier };
}

export const consentRows: readonly ContractRow[] = [
  {
    id: 'AC10',
    title: 'consent to a third party is asked once and stored',
    needs: ['third party'],
    async run(target) {
      const user = await newUser(target);
      const browser = createBrowser();
      const first = thirdPartyRequest(target);
      const page = await signInOnPage(browser, first.url, user);
      expect(page.status).toBe(200);
      expect(page.url.pathname).toBe('/u/consent');
      const code = codeOf(target, await browser.submit(page, { action: 'accept' }));
      const { code_verifier } = first;
      const answer = expectTokens(await exchange(target, code, { code_verifier }, 'third'));
      expect(await accessClaims(target, answer)).toMatchObject({
        sub: user.user_id,
        aud: target.setting('AUDIENCE'),
        azp: target.client('third').client_id,
        scope: scopesOf(target).first,
      });
      codeOf(target, await browser.get(thirdPartyRequest(target).url));
      codeOf(target, await browser.get(thirdPartyRequest(target, { prompt: 'none' }).url));
    },
  },
  {
    id: 'AC11',
    title: 'a third party with prompt=none and no consent gets consent_required',
    needs: ['third party'],
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const page = await browser.get(thirdPartyRequest(target, { prompt: 'none' }).url);
      expect(page.status).toBe(302);
      expect(answerOf(target, page)).toMatchObject({ error: 'consent_required' });
    },
  },
  {
    id: 'AC12',
    title: 'declining a third party returns access_denied, and stores no consent',
    needs: ['third party'],
    async run(target) {
      const user = await newUser(target);
      const browser = createBrowser();
      const page = await signInOnPage(browser, thirdPartyRequest(target, { state: 'kept' }).url, user);
      expect(page.url.pathname).toBe('/u/consent');
      const answer = answerOf(target, await browser.submit(page, { action: 'deny' }));
      expect(answer).toMatchObject({ error: 'access_denied', state: 'kept' });
      expect(answer).not.toHaveProperty('code');
      expect((await browser.open(thirdPartyRequest(target).url)).url.pathname).toBe('/u/consent');
    },
  },
  {
    id: 'AC13',
    title: 'a first party gets no consent page',
    async run(target) {
      const user = await newUser(target);
      const browser = createBrowser();
      codeOf(target, await signInOnPage(browser, authorizeUrl(target), user));
      await silentCode(target, browser);
    },
  },
];
