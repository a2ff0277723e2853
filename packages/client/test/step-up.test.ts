import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  isReady,
  newEmail,
  type Place,
  places,
  run,
  signInAtTenant,
  signInUser,
  startClientStage,
} from './support/client-stage.ts';

const PLACE = 'another port';

describeWith('chromium', 'a route that asks for a recent sign-in', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage();
  });
  beforeEach(() => {
    stage.upstream.seen.length = 0;
  });
  afterAll(() => stage.close());

  /** A user whose sign-in is too old, and the popups of the page. */
  async function openLongAfterSignIn(
    place: Place = PLACE,
  ): Promise<{ tab: Page; email: string; popups: Page[] }> {
    const email = newEmail();
    const tab = await stage.open(place);
    await signInUser(tab, email);
    stage.world.clock.offsetS += 301;
    const popups: Page[] = [];
    tab.on('popup', (popup) => popups.push(popup));
    return { tab, email, popups };
  }

  /** Runs statements that open a popup; the user signs in again there. */
  async function runAndSignIn(tab: Page, email: string, statements: string) {
    const opening = tab.waitForEvent('popup');
    const outcome = run(tab, statements);
    const popup = await opening;
    await popup.waitForURL((url) => url.origin === stage.world.tenant.origin);
    await signInAtTenant(popup, email);
    return outcome;
  }

  it.each(places)(
    'called by a page on %s lets the user sign in again in a popup, and gets the request again with its body',
    async (place) => {
      const { tab, email, popups } = await openLongAfterSignIn(place);
      const text = `const answer = await gatehouse.fetch('/api/recent', { method: 'POST', body: 'an order' });
      return [answer.status, await answer.json()];`;
      expect(await runAndSignIn(tab, email, text)).toEqual([200, { ok: true }]);
      expect(stage.upstream.seen.map(({ body }) => body.toString())).toEqual(['an order']);
      // The sign-in is recent enough now.
      expect(await run(tab, "return (await gatehouse.fetch('/api/recent')).status;")).toBe(200);
      expect(popups).toHaveLength(1);
      await tab.context().close();
    },
  );

  it('repeats a Request with its body and headers', async () => {
    const { tab, email } = await openLongAfterSignIn();
    const url = JSON.stringify(`${stage.world.gateway.publicUrl}/api/recent`);
    const text = `const request = new Request(${url}, { method: 'POST', body: '{"a":1}', headers: { 'Content-Type': 'application/json' } });
      return (await gatehouse.fetch(request)).status;`;
    expect(await runAndSignIn(tab, email, text)).toBe(200);
    const { body, headers } = stage.upstream.last();
    expect([body.toString(), headers['content-type']]).toEqual(['{"a":1}', 'application/json']);
    await tab.context().close();
  });

  it('opens one popup for parallel requests', async () => {
    const { tab, email, popups } = await openLongAfterSignIn();
    const text = `const answers = await Promise.all(
        Array.from({ length: 5 }, () => gatehouse.fetch('/api/recent')),
      );
      return answers.map(({ status }) => status);`;
    expect(await runAndSignIn(tab, email, text)).toEqual([200, 200, 200, 200, 200]);
    expect(popups).toHaveLength(1);
    await tab.context().close();
  });

  it('opens no popup for a refusal that arrives after the user has signed in again', async () => {
    const { tab, email, popups } = await openLongAfterSignIn();
    const text = `let release;
      const held = new Promise((resolve) => { release = resolve; });
      let sent = 0;
      const slow = async (input, init) => {
        const isFirst = String(input).endsWith('?slow') && ++sent === 1;
        const answer = await fetch(input, init);
        if (isFirst) await held;
        return answer;
      };
      const client = createGatehouse({ ...gatewayOptions, fetch: slow });
      const late = client.fetch('/api/recent?slow');
      const first = await client.fetch('/api/recent');
      release();
      return [first.status, (await late).status];`;
    expect(await runAndSignIn(tab, email, text)).toEqual([200, 200]);
    expect(popups).toHaveLength(1);
    await tab.context().close();
  });

  it('returns the 401 with a readable body if the user closes the popup', async () => {
    const { tab } = await openLongAfterSignIn();
    const opening = tab.waitForEvent('popup');
    const outcome = run(
      tab,
      "const answer = await gatehouse.fetch('/api/recent'); return [answer.status, (await answer.json()).max_age];",
    );
    await (await opening).close();
    expect(await outcome).toEqual([401, 300]);
    expect(stage.upstream.seen).toEqual([]);
    await tab.context().close();
  });

  it.each([
    ['no window opens', 'window.open = () => null;', ''],
    ['the request wants no sign-in', '', ", { stepUp: 'none' }"],
  ])('returns the 401 if %s', async (_why, before, init) => {
    const { tab, popups } = await openLongAfterSignIn();
    const text = `${before} const answer = await gatehouse.fetch('/api/recent'${init});
      return [answer.status, (await answer.json()).code];`;
    expect(await run(tab, text)).toEqual([401, 'insufficient_user_authentication']);
    expect(popups).toEqual([]);
    await tab.context().close();
  });

  it('sends a stream only once, and returns the 401', async () => {
    const { tab, popups } = await openLongAfterSignIn();
    // Browsers send streams only over HTTP/2 and newer, so the test replaces the client's transport.
    const text = `let sent = 0;
      const options = { ...gatewayOptions, fetch: (input, { body, duplex, ...init }) => (sent++, fetch(input, init)) };
      const body = new Blob(['x']).stream();
      const { status } = await createGatehouse(options).fetch('/api/recent', { method: 'POST', body, duplex: 'half' });
      return [status, sent];`;
    expect(await run(tab, text)).toEqual([401, 1]);
    expect(popups).toEqual([]);
    await tab.context().close();
  });

  it('redirects to the sign-in if configured, and is accepted afterwards', async () => {
    const { tab, email } = await openLongAfterSignIn();
    const leaving = tab.waitForURL((url) => url.origin === stage.world.tenant.origin);
    await tab.evaluate(
      "void createGatehouse({ ...gatewayOptions, stepUp: 'redirect' }).fetch('/api/recent')",
    );
    await leaving;
    await signInAtTenant(tab, email);
    await tab.waitForURL(stage.urlOf(PLACE));
    await isReady(tab);
    expect(await run(tab, "return (await gatehouse.fetch('/api/recent')).status;")).toBe(200);
    await tab.context().close();
  });
});
