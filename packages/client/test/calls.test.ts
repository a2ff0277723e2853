import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirements.ts';
import { packageFolder } from './support/build-client.ts';
import {
  type ClientStage,
  newEmail,
  password,
  places,
  refusalOf,
  run,
  signInUser,
  startClientStage,
} from './support/client-stage.ts';

describeWith('chromium', 'a page', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage();
  });
  afterAll(() => stage.close());

  it('works as shown in the README', async () => {
    const readme = readFileSync(path.join(packageFolder, 'README.md'), 'utf8');
    const [, snippet = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
    const tab = await stage.open('another port');
    const email = newEmail();
    await run(tab, `return gatehouse.signUp(${JSON.stringify({ email, password })});`);
    const program = snippet
      .replace("'gatehouse-client'", "'./client/index.js'")
      .replace('http://localhost:3000', stage.world.gateway.publicUrl);
    stage.site.files['/readme'] = `<!doctype html><title>README</title><script type="module">
      const [email, password] = ${JSON.stringify([email, password])};
      ${program.replace('const places', 'window.places')}</script>`;
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    await tab.goto(`${stage.site.origin}/readme`);
    await tab.waitForFunction('window.places?.features[0].properties.name === "Oslo"');
    expect(said.filter((text) => !text.startsWith('Failed'))).toEqual([email]);
    await tab.context().close();
  });

  describe.each(places)('on %s', (place) => {
    /** A tab, and its API calls. */
    async function open(): Promise<{ tab: Page; calls: { method: string; path: string; csrf?: string }[] }> {
      const tab = await stage.open(place);
      const calls: { method: string; path: string; csrf?: string }[] = [];
      tab.on('request', (request) => {
        const { pathname } = new URL(request.url());
        const csrf = request.headers()['x-csrf'];
        if (/^\/(v1|api)\//.test(pathname))
          calls.push({ method: request.method(), path: pathname, ...(csrf !== undefined && { csrf }) });
      });
      return { tab, calls };
    }

    it('signs up, signs in, calls an API and signs out, with X-CSRF on every call', async () => {
      const ada = newEmail();
      const { tab, calls } = await open();
      expect(await run(tab, 'return gatehouse.session();')).toEqual({ authenticated: false });
      const credentials = JSON.stringify({ email: ada, password });
      const signedUp = await run(tab, `return gatehouse.signUp({ ...${credentials}, given_name: 'Ada' });`);
      expect(signedUp.user).toMatchObject({ email: ada, given_name: 'Ada' });
      const signedIn = await run(tab, `return gatehouse.signIn(${credentials});`);
      expect(signedIn).toMatchObject({
        user: { id: signedUp.user.id, email: ada },
        session: { expires_at: expect.any(String), idle_expires_at: expect.any(String) },
      });
      expect(await run(tab, 'return gatehouse.session({ touch: false });')).toMatchObject({
        authenticated: true,
        user: signedIn.user,
        signout_url: expect.stringMatching(/^\/v1\/auth\/signout\?sid=/),
      });
      const called = await run(
        tab,
        `const answer = await gatehouse.fetch('/api/things', { method: 'POST', body: 'a thing' });
        return [answer.status, await answer.json()];`,
      );
      expect(called).toEqual([200, { ok: true }]);
      expect(stage.upstream.last()).toMatchObject({ method: 'POST', body: Buffer.from('a thing') });
      expect(await run(tab, 'return gatehouse.signOut();')).toEqual({ signout_url: null });
      expect(await run(tab, 'return gatehouse.session();')).toEqual({ authenticated: false });
      expect(await run(tab, "return (await gatehouse.fetch('/api/things')).status;")).toBe(401);
      expect(calls.map((call) => `${call.method} ${call.path}`)).toEqual([
        'GET /v1/auth/session',
        'POST /v1/auth/signup',
        'POST /v1/auth/signin',
        'GET /v1/auth/session',
        'POST /api/things',
        'POST /v1/auth/signout',
        'GET /v1/auth/session',
        'GET /api/things',
      ]);
      expect(calls.every(({ csrf }) => csrf === '1')).toBe(true);
      await tab.context().close();
    });

    it('throws errors with the code, status, detail and members of the problem', async () => {
      const bea = newEmail();
      const { tab } = await open();
      await signInUser(tab, bea);
      const credentials = JSON.stringify({ email: bea, password });
      expect(await refusalOf(tab, `await gatehouse.signUp(${credentials})`)).toMatchObject({
        code: 'user_exists',
        status: 409,
      });
      const wrong = JSON.stringify({ email: bea, password: 'wrong' });
      const refused = await refusalOf(tab, `await gatehouse.signIn(${wrong})`);
      expect(refused).toMatchObject({ code: 'invalid_credentials', status: 401 });
      expect(refused.detail).toBe(refused.problem.detail);
      expect(refused.problem.request_id).toEqual(expect.any(String));
      const weak = await refusalOf(
        tab,
        "await gatehouse.signUp({ email: 'cleo@example.com', password: 'x' })",
      );
      expect(weak).toMatchObject({ code: 'weak_password', problem: { reason: 'strength' } });
      expect(weak.problem.rules.map(({ satisfied }: { satisfied: boolean }) => satisfied)).toContain(false);
      const invalid = await refusalOf(tab, "await gatehouse.signIn({ email: 'no address', password: 'x' })");
      expect(invalid).toMatchObject({ code: 'validation_failed', problem: { errors: [{ path: 'email' }] } });
      const tokens = `await gatehouse.signIn({ ...${credentials}, mode: 'token' })`;
      expect(await refusalOf(tab, tokens)).toMatchObject({ code: 'token_mode_refused', status: 403 });
      await tab.context().close();
    });

    it('lists its sessions, and ends one of them, then all others', async () => {
      const dora = newEmail();
      const { tab } = await open();
      await signInUser(tab, dora);
      const others = await Promise.all([open(), open(), open()]);
      const credentials = JSON.stringify({ email: dora, password });
      for (const other of others) await run(other.tab, `return gatehouse.signIn(${credentials});`);
      const { sessions } = await run(tab, 'return gatehouse.sessions.list();');
      expect(sessions).toHaveLength(4);
      const [newest] = sessions;
      expect(newest.current).toBe(false);
      await run(tab, `return gatehouse.sessions.end(${JSON.stringify({ id: newest.id })});`);
      const states = () => Promise.all(others.map((other) => run(other.tab, 'return gatehouse.session();')));
      expect((await states()).map(({ authenticated }) => authenticated)).toEqual([true, true, false]);
      const again = `await gatehouse.sessions.end(${JSON.stringify({ id: newest.id })})`;
      expect(await refusalOf(tab, again)).toMatchObject({ code: 'not_found', status: 404 });
      await run(tab, 'return gatehouse.sessions.endOthers();');
      expect((await states()).map(({ authenticated }) => authenticated)).toEqual([false, false, false]);
      expect(await run(tab, 'return gatehouse.session();')).toMatchObject({ authenticated: true });
      for (const each of [tab, ...others.map((other) => other.tab)]) await each.context().close();
    });

    it('fetches from other origins like the browser: without the cookie and X-CSRF', async () => {
      const emil = newEmail();
      const { tab } = await open();
      await signInUser(tab, emil);
      const seen: Record<string, string>[] = [];
      await tab.route(`${stage.stranger.origin}/**`, async (route) => {
        seen.push(await route.request().allHeaders());
        await route.fulfill({ body: 'a picture', headers: { 'Access-Control-Allow-Origin': '*' } });
      });
      const text = `return (await gatehouse.fetch(${JSON.stringify(`${stage.stranger.origin}/x`)})).text();`;
      expect(await run(tab, text)).toBe('a picture');
      expect(seen).toHaveLength(1);
      expect(seen[0]).not.toHaveProperty('x-csrf');
      expect(seen[0]).not.toHaveProperty('cookie');
      await tab.context().close();
    });

    it('keeps headers and accepts Request objects', async () => {
      const fay = newEmail();
      const { tab } = await open();
      await signInUser(tab, fay);
      await run(
        tab,
        `const url = new URL('/api/things', ${JSON.stringify(stage.world.gateway.publicUrl)});
        const headers = { 'Content-Type': 'application/json', 'X-Request-Id': 'mine' };
        return (await gatehouse.fetch(new Request(url, { method: 'POST', headers, body: '{"a":1}' }))).status;`,
      );
      const { headers, body } = stage.upstream.last();
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'mine' });
      expect(body.toString()).toBe('{"a":1}');
      await tab.context().close();
    });
  });
});
