import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowRedirect, fetchCode, signUp } from '../../../test/auth/redirect/support.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  isReady,
  password,
  places,
  refusalOf,
  run,
  signInAtTenant,
  startClientStage,
} from './support/client-stage.ts';

const email = 'ada@example.com';

describeWith('chromium', 'a sign-in at the pages of the tenant', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage();
    await signUp(stage.world, { email, password });
  });
  afterAll(() => stage.close());

  describe.each(places)('for a page on %s', (place) => {
    const isAtTenant = (tab: Page): Promise<void> =>
      tab.waitForURL((url) => url.origin === stage.world.tenant.origin && url.pathname === '/u/login');
    const sessionOf = (tab: Page) => run(tab, 'return gatehouse.session();');

    /** Starts a sign-in in a popup; returns the popup and the result of the call. */
    async function openPopup(tab: Page, wish = '') {
      const opening = tab.waitForEvent('popup');
      const outcome = run(tab, `return gatehouse.signInWithPopup(${wish});`);
      return { popup: await opening, outcome };
    }

    it('redirects to a sign-in and returns to the page, or to its return_to', async () => {
      const tab = await stage.open(place);
      const here = `${stage.urlOf(place)}?tab=2#part`;
      await tab.goto(here);
      await isReady(tab);
      await run(tab, `gatehouse.signInWithRedirect({ login_hint: ${JSON.stringify(email)} });`);
      await isAtTenant(tab);
      expect(await tab.getByLabel('Email').inputValue()).toBe(email);
      await signInAtTenant(tab, email);
      await tab.waitForURL(here);
      await isReady(tab);
      expect(await sessionOf(tab)).toMatchObject({ authenticated: true, user: { email } });

      const { signout_url } = await run(tab, "return gatehouse.signOut({ return_to: '?gone=1' });");
      await tab.goto(signout_url);
      await tab.waitForURL(`${stage.urlOf(place)}?gone=1`);
      await isReady(tab);
      await run(tab, "gatehouse.signInWithRedirect({ return_to: '?there=1', max_age: 60 });");
      await isAtTenant(tab);
      await signInAtTenant(tab, email);
      await tab.waitForURL(`${stage.urlOf(place)}?there=1`);
      await tab.context().close();
    });

    it('signs in with a popup, which closes, and gets the user', async () => {
      const tab = await stage.open(place);
      const { popup, outcome } = await openPopup(tab);
      await isAtTenant(popup);
      const closing = popup.waitForEvent('close');
      await signInAtTenant(popup, email);
      await closing;
      expect(await outcome).toMatchObject({ authenticated: true, user: { email } });
      expect(tab.url()).toBe(stage.urlOf(place));
      await tab.context().close();
    });

    it('returns a popup to its return_to', async () => {
      stage.site.files['/landing'] = stage.site.files['/'] ?? '';
      const tab = await stage.open(place);
      const { popup, outcome } = await openPopup(tab, "{ return_to: 'landing' }");
      await isAtTenant(popup);
      const pages: string[] = [];
      popup.on('framenavigated', (frame) => pages.push(frame.url()));
      await signInAtTenant(popup, email);
      expect(await outcome).toMatchObject({ authenticated: true });
      expect(pages.at(-1)?.split('#')[0]).toBe(`${stage.urlOf(place)}landing`);
      await tab.context().close();
    });

    it('gets an error if the user closes the popup, and can retry', async () => {
      const tab = await stage.open(place);
      const { popup, outcome } = await openPopup(tab);
      await isAtTenant(popup);
      await popup.close();
      expect(await outcome).toMatchObject({ refused: { code: 'popup_closed', status: 0 } });
      expect(await sessionOf(tab)).toEqual({ authenticated: false });
      const again = await openPopup(tab);
      await isAtTenant(again.popup);
      await signInAtTenant(again.popup, email);
      expect(await again.outcome).toMatchObject({ authenticated: true });
      await tab.context().close();
    });

    it('gets an error if the browser blocks the popup, before any request', async () => {
      const tab = await stage.open(place);
      const asked: string[] = [];
      tab.on('request', (request) => asked.push(request.url()));
      await tab.evaluate('window.open = () => null');
      expect(await refusalOf(tab, 'await gatehouse.signInWithPopup()')).toMatchObject({
        code: 'popup_blocked',
      });
      expect(asked).toEqual([]);
      await tab.context().close();
    });

    it('closes the popup if the sign-in cannot start', async () => {
      const tab = await stage.open(place);
      const { popup, outcome } = await openPopup(tab, "{ return_to: 'https://elsewhere.example/' }");
      if (!popup.isClosed()) await popup.waitForEvent('close');
      expect(await outcome).toMatchObject({ refused: { code: 'invalid_return_to', status: 400 } });
      await tab.context().close();
    });

    it('exchanges the code of a redirect that it ran itself', async () => {
      const redirectUri = `${stage.site.origin}/done`;
      allowRedirect(stage.world, redirectUri);
      const tab = await stage.open(place);
      const code = await fetchCode(stage.world, { redirectUri, person: { email, password } });
      const body = JSON.stringify({ ...code, redirect_uri: redirectUri });
      expect(await run(tab, `return gatehouse.exchange(${body});`)).toMatchObject({ user: { email } });
      expect(await sessionOf(tab)).toMatchObject({ authenticated: true, user: { email } });
      expect(await refusalOf(tab, `await gatehouse.exchange(${body})`)).toMatchObject({
        code: 'invalid_code',
      });
      await tab.context().close();
    });
  });
});
