import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  isReady,
  newEmail,
  password,
  places,
  run,
  signInUser,
  startClientStage,
} from './support/client-stage.ts';

vi.setConfig({ testTimeout: 60_000 });

const PLACE = 'another port';
const IDLE_S = 600;
const EVENTS = '**/v1/auth/session/events';

describeWith('chromium', 'a page that listens for changes of the session', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage({ env: { SESSION_IDLE_S: String(IDLE_S) } });
  });
  afterAll(() => stage.close());

  /** The requests of a browser's tabs to the path of the stream. */
  function countStreams(context: BrowserContext): () => number {
    let count = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/v1/auth/session/events')) count += 1;
    });
    return () => count;
  }
  const listenIn = (tab: Page): Promise<unknown> =>
    tab.evaluate(`
      window.heard = [];
      window.stop = gatehouse.onSessionChange((session) => heard.push(session.idle_expires_at ?? 'nobody'));
      gatehouse.session();`);
  const heardBy = (tab: Page): Promise<string[]> => tab.evaluate('heard');
  const untilOut = (tab: Page): Promise<unknown> => tab.waitForFunction("heard.at(-1) === 'nobody'");
  /** The number of tabs that hold the stream's lock, and that wait for it. */
  const readLocks = (tab: Page): Promise<number[]> =>
    tab.evaluate('navigator.locks.query().then(({ held, pending }) => [held.length, pending.length])');
  const untilLocks = (tab: Page, held: number, pending: number) =>
    eventually(() => readLocks(tab)).toEqual([held, pending]);

  async function endSessionsElsewhere(email: string): Promise<void> {
    const tab = await stage.open(PLACE);
    const credentials = JSON.stringify({ email, password });
    await run(tab, `await gatehouse.signIn(${credentials}); return gatehouse.sessions.endOthers();`);
    await tab.context().close();
  }

  it.each(places)('on %s gets an end elsewhere in all tabs, by the stream of one of them', async (place) => {
    const email = newEmail();
    const one = await stage.open(place);
    const streams = countStreams(one.context());
    await signInUser(one, email);
    const other = await stage.open(place, one.context());
    await listenIn(one);
    await untilLocks(one, 1, 0);
    await listenIn(other);
    await untilLocks(one, 1, 1);
    await eventually(streams).toBe(1);
    await endSessionsElsewhere(email);
    await Promise.all([untilOut(one), untilOut(other)]);
    await untilLocks(one, 0, 0);
    await one.context().close();
  });

  it('continues with the stream of another tab when the tab with the stream is closed', async () => {
    const email = newEmail();
    const one = await stage.open(PLACE);
    const streams = countStreams(one.context());
    await signInUser(one, email);
    const other = await stage.open(PLACE, one.context());
    await listenIn(one);
    await untilLocks(one, 1, 0);
    await listenIn(other);
    await untilLocks(one, 1, 1);
    await eventually(streams).toBe(1);
    await one.close();
    await eventually(streams).toBe(2);
    await endSessionsElsewhere(email);
    await untilOut(other);
    await other.context().close();
  });

  it('gets in each tab that the session will end soon, and that a use has moved its end', async () => {
    const one = await stage.open(PLACE);
    await signInUser(one, newEmail());
    const other = await stage.open(PLACE, one.context());
    for (const tab of [one, other]) await listenIn(tab);
    await untilLocks(one, 1, 1);
    await eventually(async () => (await heardBy(other)).length).toBe(1);
    stage.world.clock.offsetS += IDLE_S - 110;
    await eventually(async () => (await heardBy(other)).length).toBe(2);
    expect(await run(one, "return (await gatehouse.fetch('/api/things')).status;")).toBe(200);
    await eventually(async () => (await heardBy(other)).length).toBe(3);
    const [, soon = '', later = ''] = await heardBy(other);
    expect(Date.parse(later) - Date.parse(soon)).toBeGreaterThan(IDLE_S * 500);
    expect((await heardBy(one)).slice(-2)).toEqual([soon, later]);
    await one.context().close();
  });

  it('watches the session that has replaced another', async () => {
    const [before, after] = [newEmail(), newEmail()];
    const tab = await stage.open(PLACE);
    const streams = countStreams(tab.context());
    await signInUser(tab, before);
    await listenIn(tab);
    await eventually(streams).toBe(1);
    await signInUser(tab, after);
    await eventually(streams).toBe(2);
    await endSessionsElsewhere(after);
    await untilOut(tab);
    await tab.context().close();
  });

  it('has no stream without a session or without a listener', async () => {
    const tab = await stage.open(PLACE);
    const streams = countStreams(tab.context());
    await listenIn(tab);
    await untilOut(tab);
    expect([streams(), await readLocks(tab)]).toEqual([0, [0, 0]]);
    await signInUser(tab, newEmail());
    await untilLocks(tab, 1, 0);
    await tab.evaluate('stop()');
    await untilLocks(tab, 0, 0);
    await listenIn(tab);
    await untilLocks(tab, 1, 0);
    await run(tab, 'return gatehouse.signOut();');
    await untilLocks(tab, 0, 0);
    await tab.context().close();
  });

  const withoutStream = {
    'is refused': (context: BrowserContext) =>
      context.route(EVENTS, (route) => route.fulfill({ status: 503 })),
    'is cut off': (context: BrowserContext) => context.route(EVENTS, (route) => route.abort()),
    'cannot be shared': (context: BrowserContext) =>
      context.addInitScript('delete Navigator.prototype.locks'),
  } as const;

  it.each(Object.entries(withoutStream))('polls every 30 seconds if the stream %s', async (_, arrange) => {
    const email = newEmail();
    const context = await stage.chromium.newContext();
    await arrange(context);
    const tab = await context.newPage();
    await tab.clock.install({ time: stage.world.clock.now() });
    await tab.goto(stage.urlOf(PLACE));
    await isReady(tab);
    await signInUser(tab, email);
    await listenIn(tab);
    await tab.waitForFunction('heard.length === 1');
    await endSessionsElsewhere(email);
    await tab.clock.fastForward(31_000);
    await untilOut(tab);
    await context.close();
  });
});
