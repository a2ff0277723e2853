import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  isReady,
  newEmail,
  password,
  places,
  run,
  signInAtTenant,
  signInUser,
  startClientStage,
} from './support/client-stage.ts';

const PLACE = 'another port';

describeWith('chromium', 'tabs', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage({ env: { SESSION_IDLE_S: '600' } });
  });
  afterAll(() => stage.close());

  /** Opens a tab with a listener. */
  async function listenIn(tab: Page): Promise<Page> {
    await tab.evaluate(`
      window.heard = [];
      window.stop = gatehouse.onSessionChange((session) => heard.push(session.user?.email ?? 'nobody'))`);
    return tab;
  }
  const heardBy = (tab: Page): Promise<string[]> => tab.evaluate('heard');
  const untilHeard = (tab: Page, email: string): Promise<unknown> =>
    tab.waitForFunction(`heard.at(-1) === ${JSON.stringify(email)}`);

  /** Blocks the session stream of a tab. */
  const refuseStream = (tab: Page): Promise<unknown> =>
    tab.route('**/v1/auth/session/events', (route) => route.fulfill({ status: 503 }));

  /** The user signs in in another browser, and ends all other sessions there. */
  async function endSessionsElsewhere(email: string): Promise<void> {
    const tab = await stage.open(PLACE);
    const credentials = JSON.stringify({ email, password });
    await run(tab, `await gatehouse.signIn(${credentials}); return gatehouse.sessions.endOthers();`);
    await tab.context().close();
  }

  it.each(places)('of a page on %s get a sign-in and a sign-out in another one, once each', async (place) => {
    const [ada, bea] = [newEmail(), newEmail()];
    const one = await listenIn(await stage.open(place));
    const other = await listenIn(await stage.open(place, one.context()));
    await signInUser(one, ada);
    await Promise.all([one, other].map((tab) => untilHeard(tab, ada)));
    await run(other, 'return gatehouse.signOut();');
    await Promise.all([one, other].map((tab) => untilHeard(tab, 'nobody')));
    await signInUser(other, bea);
    await Promise.all([one, other].map((tab) => untilHeard(tab, bea)));
    for (const tab of [one, other]) expect(await heardBy(tab)).toEqual([ada, 'nobody', bea]);
    await one.context().close();
  });

  it('get the sign-in of another user that replaces a session', async () => {
    const [cleo, dora] = [newEmail(), newEmail()];
    const one = await listenIn(await stage.open(PLACE));
    const other = await listenIn(await stage.open(PLACE, one.context()));
    await signInUser(one, cleo);
    await untilHeard(other, cleo);
    await signInUser(other, dora);
    await untilHeard(one, dora);
    await one.context().close();
  });

  it('call a later listener with the known state, and a removed one no more', async () => {
    const emil = newEmail();
    const tab = await stage.open(PLACE);
    await signInUser(tab, emil);
    await run(tab, 'return gatehouse.session();');
    await listenIn(tab);
    await untilHeard(tab, emil);
    await tab.evaluate('stop()');
    await run(tab, 'await gatehouse.signOut(); return gatehouse.session();');
    expect(await heardBy(tab)).toEqual([emil]);
    await tab.context().close();
  });

  it('ignore a late response', async () => {
    const ada = newEmail();
    const tab = await stage.open(PLACE);
    await signInUser(tab, ada);
    await tab.evaluate(`
      window.late = Promise.withResolvers();
      window.asked = 0;
      window.gatehouse = createGatehouse({
        ...gatewayOptions,
        async fetch(input, init) {
          const answer = await fetch(input, init);
          if (String(input).includes('/session') && ++asked === 1) await late.promise;
          return answer;
        },
      })`);
    await listenIn(tab);
    const states = await run(
      tab,
      `const first = gatehouse.session();
      while (asked === 0) await new Promise((resolve) => setTimeout(resolve));
      await gatehouse.signOut();
      const second = await gatehouse.session();
      late.resolve();
      return [(await first).authenticated, second.authenticated];`,
    );
    expect(states).toEqual([true, false]);
    expect(await heardBy(tab)).toEqual(['nobody']);
    await tab.context().close();
  });

  it('continue when a listener throws', async () => {
    const tab = await stage.open(PLACE);
    await tab.evaluate("gatehouse.onSessionChange(() => { throw new Error('of a test'); })");
    await listenIn(tab);
    expect(await run(tab, 'return gatehouse.session();')).toEqual({ authenticated: false });
    expect(await heardBy(tab)).toEqual(['nobody']);
    await tab.context().close();
  });

  it('get the end of a session elsewhere when a call is refused', async () => {
    const fay = newEmail();
    const tab = await listenIn(await stage.open(PLACE));
    await refuseStream(tab);
    await signInUser(tab, fay);
    await untilHeard(tab, fay);
    await endSessionsElsewhere(fay);
    expect(await run(tab, "return (await gatehouse.fetch('/api/things')).status;")).toBe(401);
    await untilHeard(tab, 'nobody');
    await tab.context().close();
  });

  it('get it when they become visible again', async () => {
    const gus = newEmail();
    const tab = await listenIn(await stage.open(PLACE));
    await refuseStream(tab);
    await signInUser(tab, gus);
    await untilHeard(tab, gus);
    await endSessionsElsewhere(gus);
    // Headless tabs are always visible, so the test dispatches the event of a tab that becomes visible.
    await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await untilHeard(tab, 'nobody');
    await tab.context().close();
  });

  it('get the end of an idle session', async () => {
    const hal = newEmail();
    const context = await stage.chromium.newContext();
    const tab = await context.newPage();
    await tab.clock.install({ time: stage.world.clock.now() });
    await tab.goto(stage.urlOf(PLACE));
    await isReady(tab);
    await refuseStream(tab);
    await listenIn(tab);
    await signInUser(tab, hal);
    await untilHeard(tab, hal);
    stage.world.clock.offsetS += 601;
    expect(await heardBy(tab)).toEqual([hal]);
    await tab.clock.fastForward('10:01');
    await untilHeard(tab, 'nobody');
    await context.close();
  });

  it('do not treat an outage as a sign-out', async () => {
    const ian = newEmail();
    const tab = await listenIn(await stage.open(PLACE));
    await signInUser(tab, ian);
    await untilHeard(tab, ian);
    await tab.route(/\/v1\/auth\/session/, (route) => route.abort());
    const failed = tab.waitForEvent('requestfailed');
    await tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await failed;
    await tab.unroute(/\/v1\/auth\/session/);
    expect(await run(tab, 'return gatehouse.session();')).toMatchObject({ authenticated: true });
    expect(await heardBy(tab)).toEqual([ian]);
    await tab.context().close();
  });

  it('get a sign-in of a popup that an error page has severed', async () => {
    const joy = newEmail();
    const tab = await listenIn(await stage.open(PLACE));
    await signInUser(tab, joy);
    await run(tab, 'return gatehouse.signOut();');
    await untilHeard(tab, 'nobody');
    const opening = tab.waitForEvent('popup');
    const outcome = run(tab, 'return gatehouse.signInWithPopup();');
    const popup = await opening;
    await popup.waitForURL((url) => url.origin === stage.world.tenant.origin);
    stage.world.clock.offsetS += 601;
    await signInAtTenant(popup, joy);
    await popup.getByText('login_expired, request').waitFor();
    expect(await outcome).toMatchObject({ refused: { code: 'popup_closed' } });
    await popup.getByRole('link', { name: 'Try again' }).click();
    await untilHeard(tab, joy);
    await tab.context().close();
  });
});
