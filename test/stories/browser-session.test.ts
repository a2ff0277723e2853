import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { describeWith } from '../support/requirements.ts';
import {
  openFrontend,
  password,
  press,
  type Stage,
  signInUser,
  startStage,
  submitCredentials,
  tokens,
} from './frontend/start-stage.ts';

/** The data that a script on the page can read, besides responses. */
const kept = `(async () => ({
  cookie: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
}))()`;
const nothing = { cookie: '', local: 0, session: 0, databases: 0, caches: 0 };

for (const scheme of ['http', 'https'] as const) {
  describeWith('chromium', `a page on another port of the same host, over ${scheme}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await startStage(scheme);
    });
    afterAll(() => stage.close());

    it('signs up, signs in, calls an API, and is signed out in both of two tabs by one sign-out', async () => {
      const { context, page } = await signInUser(stage, 'ada@example.com');
      await page.getByLabel('Place').fill('Oslo');
      await press(page, 'Find');
      await page.getByText('Found Oslo').waitFor();

      const other = await openFrontend(stage, context);
      await other.getByText('Signed in as ada@example.com').waitFor();
      await press(other, 'My things');
      await other.getByText('Things of auth0|').waitFor();

      const held = await context.cookies(stage.gateway);
      await press(page, 'Sign out here');
      await page.getByText('Signed out').waitFor();
      expect(await context.cookies(stage.gateway)).toEqual([]);

      const asked = stage.upstream.seen.length;
      await press(other, 'My things');
      await other.getByText('401 unauthenticated').waitFor();
      await other.getByText('Signed out').waitFor();
      // A copy of the cookie is invalid too.
      await context.addCookies(held);
      const answer = other.waitForResponse(`${stage.gateway}/api/things`);
      await press(other, 'My things');
      expect((await answer).status()).toBe(401);
      await other.reload();
      await other.getByText('Signed out').waitFor();
      expect(stage.upstream.seen.length).toBe(asked);
      await context.close();
    });

    it('never has a token: not in its storage, and not in anything that its browser sends or receives', async () => {
      const { context, page } = await signInUser(stage, 'bea@example.com');
      await press(page, 'My things');
      await page.getByText('Things of auth0|').waitFor();
      expect(await page.evaluate(kept)).toEqual(nothing);
      await page.reload();
      await page.getByText('Signed in as bea@example.com').waitFor();
      await press(page, 'Sign out here');
      await page.getByText('Signed out').waitFor();
      const heard = stage.door.heard();
      const token = stage.upstream.last().headers.authorization?.slice('Bearer '.length) ?? '';
      expect(token).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
      expect(heard).toContain('"email":"bea@example.com"');
      expect(heard).toContain('{"owner":"auth0|');
      expect(heard).not.toContain(token.split('.')[2]);
      expect(heard).not.toMatch(tokens);
      await context.close();
    });

    it('has a cookie that no script can read and no other site can send', async () => {
      const { context, page } = await signInUser(stage, 'cleo@example.com');
      const cookies = await context.cookies(stage.gateway);
      expect(cookies).toHaveLength(1);
      const isSecure = scheme === 'https';
      expect(cookies[0]).toMatchObject({
        name: isSecure ? '__Host-gatehouse' : 'gatehouse',
        httpOnly: true,
        secure: isSecure,
        sameSite: 'Lax',
        path: '/',
        domain: 'localhost',
      });
      const { value = '', expires = 0 } = cookies[0] ?? {};
      expect(value).toMatch(/^[\w-]{24}\.[\w-]{44}$/);
      expect(Math.abs(expires - Date.now() / 1000 - 604_800)).toBeLessThan(600);
      // A rolling session sets no cookie again.
      await page.reload();
      await page.getByText('Signed in as cleo@example.com').waitFor();
      expect(await context.cookies(stage.gateway)).toEqual(cookies);
      await context.close();
    });

    it('never gets the data of another user in interleaved calls', async () => {
      const people = await Promise.all(
        ['dora@example.com', 'emil@example.com'].map(async (email) => ({
          email,
          ...(await signInUser(stage, email)),
        })),
      );
      const look = `(async () => {
        const ask = async (path) =>
          (await fetch(GATEWAY + path, { credentials: 'include', headers: { 'X-CSRF': '1' } })).json();
        const rounds = Array.from({ length: 10 }, async () => {
          const [things, session, list] = await Promise.all(
            ['/api/things', '/v1/auth/session', '/v1/auth/sessions'].map(ask),
          );
          return [things.owner, session.user.id, session.user.email, list.sessions.length].join();
        });
        return [...new Set(await Promise.all(rounds))];
      })()`.replace('GATEWAY', JSON.stringify(stage.gateway));
      const seen = await Promise.all(people.map(({ page }) => page.evaluate<string[]>(look)));
      const ids = storedIn(stage.world.tenant).users.list();
      const expected = people.map(({ email }) => {
        const id = ids.find((user) => user.email === email)?.user_id ?? '';
        return [[id, id, email, 1].join()];
      });
      expect(seen).toEqual(expected);
      // One user signs out, the other stays signed in.
      const [dora, emil] = people;
      if (!dora || !emil) throw new Error('nobody there');
      await press(dora.page, 'Sign out here');
      await dora.page.getByText('Signed out').waitFor();
      await emil.page.reload();
      await emil.page.getByText('Signed in as emil@example.com').waitFor();
      // In one browser a new sign-in replaces the previous session.
      await submitCredentials(emil.page, 'dora@example.com', 'Sign in');
      await emil.page.getByText('Signed in as dora@example.com').waitFor();
      expect(await emil.page.evaluate<string[]>(look)).toEqual([expected[0]?.[0]]);
      await Promise.all(people.map(({ context }) => context.close()));
    });

    it('does not sign in with a wrong password', async () => {
      const context = await stage.person();
      const page = await openFrontend(stage, context);
      await page.getByLabel('Email').fill('ada@example.com');
      await page.getByLabel('Password').fill(`${password}0`);
      await press(page, 'Sign in');
      await page.getByText('401 invalid_credentials').waitFor();
      expect(await context.cookies(stage.gateway)).toEqual([]);
      await context.close();
    });
  });
}
