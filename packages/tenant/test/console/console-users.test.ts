import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { api, directory, password } from '../support/seed.ts';
import { startTestTenant, stores, type TestTenant, textOf } from '../support/start-test-tenant.ts';
import { consoleSeed, userPath } from './console-seed.ts';
import { noticeOf, press } from './press.ts';

describe.each(stores)('users in the console, without scripts, on %s', (store) => {
  let t: TestTenant;
  const ann = 'auth0|ann-id';

  beforeEach(async () => {
    t = await startTestTenant(store, consoleSeed);
  });
  afterEach(() => t.close());

  const act = (action: string, typed = {}, hidden = {}, path = userPath('ann-id')) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const userOf = (id: string) => t.stored.users.get(id);
  const signIn = (more: object = {}) =>
    t.signIn('shop', { scope: 'openid offline_access', audience: api, ...more });
  const refresh = (refresh_token: string) => t.token('shop', { grant_type: 'refresh_token', refresh_token });

  it('are listed, and found by part of their name', async () => {
    const browser = createBrowser();
    const all = await browser.get(`${t.tenant.origin}/console/users`);
    const some = await browser.get(`${t.tenant.origin}/console/users?q=ANN%40`);
    for (const address of ['ann@example.com', 'bob@example.com']) expect(all.text).toContain(address);
    expect(some.text).toContain('ann@example.com');
    expect(some.text).not.toContain('bob@example.com');
  });

  it('a blocked user is signed out and cannot sign in until unblocked', async () => {
    const token = textOf(await signIn(), 'refresh_token');
    const page = await act('block');
    expect(noticeOf(page)).toBe('The user has been blocked.');
    expect(page.text).toContain('>blocked<');
    expect(userOf(ann)?.blocked).toBe(true);
    expect((await refresh(token)).status).toBe(403);
    expect((await signIn()).status).toBe(401);
    expect(noticeOf(await act('unblock'))).toBe('The user has been unblocked.');
    expect((await signIn()).status).toBe(200);
  });

  it('unblocking removes the brute-force block', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) await signIn({ password: 'wrong' });
    expect((await signIn()).status).toBe(429);
    await act('unblock');
    expect((await signIn()).status).toBe(200);
  });

  it('a new password signs in and the previous one does not; a weak one changes nothing', async () => {
    const refused = await act('set-password', { password: 'short' });
    expect(refused.status).toBe(400);
    expect(noticeOf(refused)).toMatch(/password/i);
    expect(refused.text).not.toContain('value="short"');
    expect((await signIn()).status).toBe(200);
    expect(noticeOf(await act('set-password', { password: 'Battery-Staple-2' }))).toBe(
      'The password has been set.',
    );
    expect((await signIn({ password: 'Battery-Staple-2' })).status).toBe(200);
    expect((await signIn()).status).toBe(403);
  });

  it('are deleted only with the box ticked', async () => {
    const refused = await act('delete');
    expect(refused.status).toBe(400);
    expect(userOf(ann)).toBeDefined();
    const page = await act('delete', { sure: 'yes' });
    expect(page.url.pathname).toBe('/console/users');
    expect(noticeOf(page)).toBe('The user has been deleted.');
    expect(userOf(ann)).toBeUndefined();
    expect((await createBrowser().get(`${t.tenant.origin}${userPath('ann-id')}`)).status).toBe(404);
  });

  it('get and lose a role', async () => {
    const roles = () => t.stored.authorizations.get(ann)?.roles ?? [];
    await act('add-role', { role: 'rol_support' });
    expect(roles()).toEqual(['rol_support']);
    await act('remove-role', {}, { role: 'rol_support' });
    expect(roles()).toEqual([]);
    expect((await act('add-role', { role: 'rol_none' })).status).toBeGreaterThanOrEqual(400);
  });

  it('one refresh token is revoked, the other stays valid', async () => {
    const [first, second] = [
      textOf(await signIn(), 'refresh_token'),
      textOf(await signIn(), 'refresh_token'),
    ];
    const [family] = t.stored.refreshFamilies.find('user_id', ann);
    await act('revoke-token', {}, { token_id: family?.id });
    expect((await refresh(first)).status).toBe(403);
    expect((await refresh(second)).status).toBe(200);
  });

  it('a session is ended, and a consent revoked', async () => {
    const { stored: state, clock } = t;
    const now = clock.now();
    state.browserSessions.put({
      id: 'of-ann',
      sid: 'sid-of-ann',
      user_id: ann,
      connection: directory,
      amr: ['pwd'],
      auth_time_ms: now,
      last_used_ms: now,
      expires_ms: now + 3_600_000,
      idle_ms: 3_600_000,
      clients: ['shop'],
    });
    state.consents.put({
      id: 'consent-of-ann',
      user_id: ann,
      client_id: 'tpc_calendar',
      audience: 'urn:organizer',
      scope: ['appointments'],
    });
    await act('end-session', {}, { sid: 'sid-of-ann' });
    expect(state.browserSessions.list()).toEqual([]);
    await act('revoke-consent', {}, { id: 'consent-of-ann' }, '/console/consents');
    expect(state.consents.list()).toEqual([]);
  });

  it('are signed out everywhere', async () => {
    const token = textOf(await signIn(), 'refresh_token');
    await act('revoke');
    expect((await refresh(token)).status).toBe(403);
  });

  it('are created with a page of their own; a duplicate is refused', async () => {
    const typed = { email: 'dan@example.com', password, connection: directory, verified: 'yes' };
    const page = await act('create', typed, {}, '/console/users');
    expect(noticeOf(page)).toBe('The user has been created.');
    expect(page.text).toContain('dan@example.com');
    expect((await signIn({ username: 'dan@example.com' })).status).toBe(200);
    const again = await act('create', typed, {}, '/console/users');
    expect([again.status, noticeOf(again)]).toEqual([409, 'The user already exists.']);
    expect(again.text).toContain('value="dan@example.com"');
    expect(again.text).not.toContain(password);
  });

  it('every action is logged', async () => {
    await act('block');
    const entry = t.tenant.context.log.list().findLast(({ type }) => type === 'sapi');
    expect(entry).toMatchObject({ description: 'Console: The user has been blocked.', user_id: ann });
  });
});
