import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  isReady,
  password,
  places,
  run,
  signInAtTenant,
  signInSomebody,
  startClientStage,
} from './support/client-stage.ts';

const credentials = (email: string): string => JSON.stringify({ email, password });

for (const place of places) {
  describeWith('chromium', `tabs of a page on ${place}`, () => {
    let stage: ClientStage;
    beforeAll(async () => {
      stage = await startClientStage({ env: { SESSION_IDLE_S: '600' } });
    });
    afterAll(() => stage.close());

    /** A tab that listens from now on. */
    async function listenIn(tab: Page): Promise<Page> {
      await tab.evaluate(`
        window.heard = [];
        window.stop = gatehouse.onSessionChange((session) => heard.push(session.user?.email ?? 'nobody'))`);
      return tab;
    }
    const heardBy = (tab: Page): Promise<string[]> => tab.evaluate('heard');
    const untilHeard = (tab: Page, email: string): Promise<unknown> =>
      tab.waitForFunction(`heard.at(-1) === ${JSON.stringify(email)}`);

    it('hear of a sign-in and a sign-out in another one, once each', async () => {
      const one = await listenIn(await stage.open(place));
      const other = await listenIn(await stage.open(place, one.context()));
      await signInSomebody(one, 'ada@example.com');
      await Promise.all([one, other].map((tab) => untilHeard(tab, 'ada@example.com')));
      await run(other, 'return gatehouse.signOut();');
      await Promise.all([one, other].map((tab) => untilHeard(tab, 'nobody')));
      await signInSomebody(other, 'bea@example.com');
      await Promise.all([one, other].map((tab) => untilHeard(tab, 'bea@example.com')));
      for (const tab of [one, other])
        expect(await heardBy(tab)).toEqual(['ada@example.com', 'nobody', 'bea@example.com']);
      await one.context().close();
    });

    it('hear of another person who signs in over a session', async () => {
      const one = await listenIn(await stage.open(place));
      const other = await listenIn(await stage.open(place, one.context()));
      await signInSomebody(one, 'cleo@example.com');
      await untilHeard(other, 'cleo@example.com');
      await signInSomebody(other, 'dora@example.com');
      await untilHeard(one, 'dora@example.com');
      await one.context().close();
    });

    it('tell a listener that comes later what is known, and one that has stopped nothing', async () => {
      const tab = await stage.open(place);
      await signInSomebody(tab, 'emil@example.com');
      await run(tab, 'return gatehouse.session();');
      await listenIn(tab);
      await untilHeard(tab, 'emil@example.com');
      await tab.evaluate('stop()');
      await run(tab, 'await gatehouse.signOut(); return gatehouse.session();');
      expect(await heardBy(tab)).toEqual(['emil@example.com']);
      await tab.context().close();
    });

    it('go on when a listener fails', async () => {
      const tab = await stage.open(place);
      await tab.evaluate("gatehouse.onSessionChange(() => { throw new Error('of a test'); })");
      await listenIn(tab);
      expect(await run(tab, 'return gatehouse.session();')).toEqual({ authenticated: false });
      expect(await heardBy(tab)).toEqual(['nobody']);
      await tab.context().close();
    });

    it('hear of a session that was ended elsewhere when a call is refused', async () => {
      const tab = await listenIn(await stage.open(place));
      await signInSomebody(tab, 'fay@example.com');
      await untilHeard(tab, 'fay@example.com');
      const elsewhere = await stage.open(place);
      await run(
        elsewhere,
        `await gatehouse.signIn(${credentials('fay@example.com')}); return gatehouse.sessions.endOthers();`,
      );
      expect(await run(tab, "return (await gatehouse.fetch('/api/things')).status;")).toBe(401);
      await untilHeard(tab, 'nobody');
      for (const each of [tab, elsewhere]) await each.context().close();
    });

    it('hear of it when they are looked at again', async () => {
      const tab = await listenIn(await stage.open(place));
      await signInSomebody(tab, 'gus@example.com');
      await untilHeard(tab, 'gus@example.com');
      const elsewhere = await stage.open(place);
      await run(
        elsewhere,
        `await gatehouse.signIn(${credentials('gus@example.com')}); return gatehouse.sessions.endOthers();`,
      );
      // Headless tabs are all visible: the event is what a browser sends when a person comes back.
      await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await untilHeard(tab, 'nobody');
      for (const each of [tab, elsewhere]) await each.context().close();
    });

    it('hear of the end of a session that nobody used', async () => {
      const context = await stage.chromium.newContext();
      const tab = await context.newPage();
      await tab.clock.install();
      await tab.goto(stage.urlOf(place));
      await isReady(tab);
      await listenIn(tab);
      await signInSomebody(tab, 'hal@example.com');
      await untilHeard(tab, 'hal@example.com');
      stage.world.clock.offsetS += 601;
      expect(await heardBy(tab)).toEqual(['hal@example.com']);
      await tab.clock.fastForward('10:01');
      await untilHeard(tab, 'nobody');
      await context.close();
    });

    it('take an outage for no sign-out', async () => {
      const tab = await listenIn(await stage.open(place));
      await signInSomebody(tab, 'ian@example.com');
      await untilHeard(tab, 'ian@example.com');
      await tab.route(/\/v1\/auth\/session/, (route) => route.abort());
      const failed = tab.waitForEvent('requestfailed');
      await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await failed;
      await tab.unroute(/\/v1\/auth\/session/);
      expect(await run(tab, 'return gatehouse.session();')).toMatchObject({ authenticated: true });
      expect(await heardBy(tab)).toEqual(['ian@example.com']);
      await tab.context().close();
    });

    it('hear of a sign-in in a window that an error page had cut off', async () => {
      const tab = await listenIn(await stage.open(place));
      await signInSomebody(tab, 'joy@example.com');
      await run(tab, 'return gatehouse.signOut();');
      await untilHeard(tab, 'nobody');
      const opening = tab.waitForEvent('popup');
      const outcome = run(tab, 'return gatehouse.signInWithPopup();');
      const popup = await opening;
      await popup.waitForURL((url) => url.origin === stage.world.tenant.origin);
      stage.world.clock.offsetS += 601;
      await signInAtTenant(popup, 'joy@example.com');
      await popup.getByText('login_expired, request').waitFor();
      expect(await outcome).toMatchObject({ refused: { code: 'popup_closed' } });
      await popup.getByRole('link', { name: 'Try again' }).click();
      await untilHeard(tab, 'joy@example.com');
      await tab.context().close();
    });
  });
}
