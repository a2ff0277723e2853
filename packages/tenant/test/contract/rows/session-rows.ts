import { expect } from 'vitest';
import { createBrowser, locationOf } from '../../support/browser.ts';
import {
  answerOf,
  authorizeUrl,
  codeOf,
  exchange,
  newUser,
  signedInBrowser,
  signInOnPage,
  silentCode,
} from '../actions.ts';
import { claimsOf, expectTokens, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';

export const sessionRows: readonly ContractRow[] = [
  {
    id: 'AC08',
    title: 'prompt=none without a session returns login_required',
    async run(target) {
      const page = await createBrowser().get(authorizeUrl(target, { prompt: 'none', state: 'kept' }));
      expect(page.status).toBe(302);
      const answer = answerOf(target, page);
      expect(answer).toMatchObject({ error: 'login_required', state: 'kept' });
      expect(answer).not.toHaveProperty('code');
    },
  },
  {
    id: 'AC09',
    title: 'prompt=none with a session returns a code without a page',
    async run(target) {
      const { browser, user } = await signedInBrowser(target);
      const tokens = expectTokens(await exchange(target, await silentCode(target, browser)));
      expect((await claimsOf(target, textOf(tokens, 'id_token'))).sub).toBe(user.user_id);
    },
  },
  {
    id: 'AC14',
    title: 'prompt=login asks for the password again',
    async run(target) {
      const { browser, user } = await signedInBrowser(target);
      codeOf(target, await signInOnPage(browser, authorizeUrl(target, { prompt: 'login' }), user));
    },
  },
  {
    id: 'AC15',
    title: 'max_age adds auth_time, and asks again if the sign-in is older',
    async run(target) {
      const user = await newUser(target);
      const browser = createBrowser();
      const before = Math.floor(target.nowMs() / 1000);
      const timeOf = async (code: string): Promise<number> => {
        const tokens = expectTokens(await exchange(target, code));
        const { auth_time } = await claimsOf(target, textOf(tokens, 'id_token'));
        expect(auth_time).toBeTypeOf('number');
        return Number(auth_time);
      };
      const first = authorizeUrl(target, { max_age: '3600' });
      const signedIn = await timeOf(codeOf(target, await signInOnPage(browser, first, user)));
      expect(Math.abs(signedIn - before)).toBeLessThan(30);
      await target.pass(4);
      expect(await timeOf(await silentCode(target, browser, { max_age: '3600' }))).toBe(signedIn);
      const again = await signInOnPage(browser, authorizeUrl(target, { max_age: '2' }), user);
      expect(await timeOf(codeOf(target, again))).toBeGreaterThanOrEqual(signedIn + 4);
    },
  },
  {
    id: 'AC16',
    title: 'a wrong password on the page answers 400 with the same text',
    async run(target) {
      const user = await newUser(target);
      const browser = createBrowser();
      const page = await signInOnPage(browser, authorizeUrl(target), { ...user, password: 'wrong' });
      expect(page.status).toBe(400);
      expect(page.text).toContain('Wrong email or password');
      expect(page.text).not.toContain('value="wrong"');
      const { email: username, password } = user;
      codeOf(target, await browser.submit(page, { username, password }));
    },
  },
  {
    id: 'AC17',
    title: 'a browser without a session is redirected to /u/login with 302',
    async run(target) {
      const page = await createBrowser().get(authorizeUrl(target));
      expect(page.status).toBe(302);
      const { origin, pathname, searchParams } = locationOf(page);
      expect(`${origin}${pathname}`).toBe(`${target.issuer}u/login`);
      expect(searchParams.get('state')).toMatch(/^\S{10,}$/);
    },
  },
  {
    id: 'AC18',
    title: 'web_message with prompt=none answers 200 with a page that posts login_required',
    async run(target) {
      const asked = { prompt: 'none', response_mode: 'web_message', state: 'kept' };
      const page = await createBrowser().get(authorizeUrl(target, asked));
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.has('location')).toBe(false);
      expect(page.text).toContain('postMessage');
      expect(page.text).toContain('login_required');
      expect(page.text).toContain(new URL(target.setting('CALLBACK')).origin);
    },
  },
];
