import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, type Page } from '../support/browser.ts';
import { api } from '../support/seed.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, hostile } from './console-seed.ts';
import { formOf, noticeOf, press } from './press.ts';

describe.each(stores)('applications in the console, without scripts, on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, consoleSeed);
  });
  afterAll(() => t.close());

  const list = '/console/applications';
  const shop = `${list}/shop`;
  const act = (path: string, action: string, typed = {}, hidden = {}) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const stored = (id: string) => {
    const client = t.stored.clients.get(id);
    if (!client) throw new Error(`no client ${id}`);
    return client;
  };
  const idOf = (page: Page) => decodeURIComponent(page.url.pathname.split('/').at(-1) ?? '');
  const create = async (typed: Record<string, string>) => idOf(await act(list, 'create', typed));

  it.each([
    ['spa', { app_type: 'spa', token_endpoint_auth_method: 'none' }, 'rotating'],
    ['web', { app_type: 'regular_web', token_endpoint_auth_method: 'client_secret_post' }, 'rotating'],
    ['native', { app_type: 'native', token_endpoint_auth_method: 'none' }, 'rotating'],
    ['machine', { app_type: 'non_interactive', grant_types: ['client_credentials'] }, 'non-rotating'],
  ])('are created from the template %s, and their page opens', async (kind, settings, rotation_type) => {
    const page = await act(list, 'create', { kind, name: `Of ${kind}` });
    expect(noticeOf(page)).toBe('The application has been created.');
    expect(page.text).toContain(`<h1>Of ${kind}</h1>`);
    expect(stored(idOf(page))).toMatchObject({ ...settings, refresh_token: { rotation_type } });
  });

  it('have the URLs of the form from the start', async () => {
    const id = await create({
      kind: 'web',
      name: 'With URLs',
      callbacks: 'http://localhost:3000/a\r\n\r\n http://localhost:3000/b ',
      allowed_logout_urls: 'http://localhost:3000',
    });
    expect(stored(id)).toMatchObject({
      callbacks: ['http://localhost:3000/a', 'http://localhost:3000/b'],
      allowed_logout_urls: ['http://localhost:3000'],
      web_origins: [],
    });
  });

  it.each([
    ['a name with markup', { kind: 'spa', name: hostile }, 'String does not match pattern'],
    ['no name', { kind: 'spa', name: '' }, 'name: '],
    ['an unknown kind', { kind: 'toString', name: 'X' }, 'Choose the kind'],
  ])('are not created with %s, and the form keeps what was typed', async (_what, typed, message) => {
    const before = t.stored.clients.list().length;
    const page = await act(list, 'create', { callbacks: 'http://localhost:3000/kept', ...typed });
    expect([page.status, noticeOf(page)]).toEqual([400, expect.stringContaining(message)]);
    const { fields } = formOf(page, 'create');
    expect(fields).toMatchObject({ name: typed.name, callbacks: 'http://localhost:3000/kept' });
    expect(page.text).not.toContain('<img');
    expect(t.stored.clients.list()).toHaveLength(before);
  });

  it('a refused member is marked in the form', async () => {
    const page = await act(shop, 'set-application', { description: 'x'.repeat(141) });
    expect(page.status).toBe(400);
    expect(page.text).toMatch(/<input id="set-application-description"[^>]* aria-invalid="true"/);
    expect(page.text.match(/aria-invalid/g)).toHaveLength(1);
  });

  it('change only the settings that the form changes', async () => {
    const before = stored('shop');
    await act(shop, 'set-application', { name: 'The new shop', description: 'Sells' });
    expect(stored('shop')).toEqual({
      ...before,
      name: 'The new shop',
      description: 'Sells',
      unset: before.unset?.filter((name) => name !== 'description'),
    });
    const saved = stored('shop');
    await act(shop, 'set-application');
    await act(shop, 'set-tokens');
    await act(shop, 'set-addresses');
    expect(stored('shop')).toEqual(saved);
  });

  it('get grant types, rotation and lifetimes, and the token endpoint follows', async () => {
    const id = await create({ kind: 'machine', name: 'Changing' });
    const path = `${list}/${id}`;
    const page = await act(path, 'set-tokens', {
      grant_types: 'authorization_code\nrefresh_token',
      rotation_type: 'rotating',
      leeway: '12',
      lifetime_in_seconds: '600',
    });
    expect(noticeOf(page)).toBe('The application has been saved.');
    expect(stored(id)).toMatchObject({
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: { rotation_type: 'rotating', leeway: 12 },
      jwt_configuration: { lifetime_in_seconds: 600 },
    });
    const refused = await t.token(id, { grant_type: 'client_credentials', audience: api });
    expect([refused.status, refused.json['error']]).toEqual([403, 'unauthorized_client']);
  });

  it('ticked boxes arrive as repeated fields, as browsers send them', async () => {
    const id = await create({ kind: 'spa', name: 'Boxes' });
    const browser = createBrowser();
    const { action, fields } = formOf(await browser.get(`${t.tenant.origin}${list}/${id}`), 'set-tokens');
    const body = new URLSearchParams(Object.entries(fields).filter(([name]) => name !== 'grant_types'));
    body.append('grant_types', 'authorization_code');
    body.append('grant_types', 'password');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await t.post(action.pathname, body, { origin: t.tenant.origin, cookie });
    expect(answer.status).toBe(303);
    expect(stored(id).grant_types).toEqual(['authorization_code', 'password']);
  });

  it('a number that is none is refused by the Management API’s rule and kept in the form', async () => {
    const page = await act(shop, 'set-tokens', { leeway: 'soon' });
    expect([page.status, noticeOf(page)]).toEqual([
      400,
      'refresh_token.leeway: Expected type number but found type string.',
    ]);
    expect(formOf(page, 'set-tokens').fields['leeway']).toBe('soon');
  });

  it('an edit of a form that is no longer current is refused, keeps its input, and wins when it is sent again', async () => {
    const [one, other] = [createBrowser(), createBrowser()];
    const url = `${t.tenant.origin}${shop}`;
    const stale = formOf(await one.get(url), 'set-addresses');
    await press(other, url, 'set-addresses', { callbacks: 'http://localhost:3000/theirs' });
    const mine = { callbacks: 'http://localhost:3000/mine' };
    const refused = await one.post(stale.action, { ...stale.fields, ...mine });
    expect([refused.status, noticeOf(refused)]).toEqual([409, expect.stringContaining('have changed since')]);
    expect(stored('shop').callbacks).toEqual(['http://localhost:3000/theirs']);
    const again = formOf(refused, 'set-addresses');
    expect(again.fields).toMatchObject(mine);
    expect((await one.post(again.action, again.fields)).status).toBe(303);
    expect(stored('shop').callbacks).toEqual(['http://localhost:3000/mine']);
  });

  it('an edit of another part of the page in the meantime does not matter', async () => {
    const browser = createBrowser();
    const url = `${t.tenant.origin}${shop}`;
    const form = formOf(await browser.get(url), 'set-application');
    await press(createBrowser(), url, 'set-tokens', { leeway: '7' });
    expect((await browser.post(form.action, { ...form.fields, description: 'Mine' })).status).toBe(303);
    expect(stored('shop')).toMatchObject({ description: 'Mine', refresh_token: { leeway: 7 } });
  });

  it('are authorized for scopes of an API, and get tokens with them', async () => {
    const id = await create({ kind: 'machine', name: 'Reader' });
    const path = `${list}/${id}`;
    const token = () => t.token(id, { grant_type: 'client_credentials', audience: api });
    expect((await token()).status).toBe(403);
    const [scope = ''] =
      t.stored.resourceServers.find('identifier', api)[0]?.scopes.map(({ value }) => value) ?? [];
    const added = await act(path, 'add-grant', { scope }, { audience: api });
    expect(noticeOf(added)).toBe('The application has been authorized for the API.');
    expect(claimsOf(await token())['scope']).toBe(scope);
    const [grant] = t.stored.clientGrants.find('client_id', id);
    await act(path, 'set-grant', { scope: '', allow_all_scopes: 'yes' }, { grant: grant?.id });
    expect(t.stored.clientGrants.get(grant?.id ?? '')).toMatchObject({ scope: [], allow_all_scopes: true });
    await act(path, 'remove-grant', {}, { grant: grant?.id });
    expect((await token()).status).toBe(403);
  });

  it('a second grant for the same API is refused', async () => {
    const id = await create({ kind: 'machine', name: 'Twice' });
    const browser = createBrowser();
    const form = formOf(await browser.get(`${t.tenant.origin}${list}/${id}`), 'add-grant', { audience: api });
    expect((await browser.post(form.action, form.fields)).status).toBe(303);
    const again = await browser.post(form.action, form.fields);
    expect([again.status, noticeOf(again)]).toEqual([409, expect.stringContaining('already exists')]);
  });

  it('users sign in with the ticked connections only', async () => {
    const enabled = () =>
      t.stored.connections
        .list()
        .filter(({ enabled_clients }) => enabled_clients.includes('shop'))
        .map(({ name }) => name);
    const before = enabled();
    expect(before).toContain('email');
    await act(shop, 'set-connections', { connections: before.filter((name) => name !== 'email').join('\n') });
    expect(enabled()).toEqual(before.filter((name) => name !== 'email'));
    expect((await t.signIn('shop')).status).toBe(200);
    await act(shop, 'set-connections', { connections: '' });
    expect((await t.signIn('shop')).status).not.toBe(200);
    await act(shop, 'set-connections', { connections: before.join('\n') });
    expect(enabled()).toEqual(before);
  });

  it('are deleted only with the box ticked', async () => {
    const id = await create({ kind: 'spa', name: 'Short-lived' });
    expect((await act(`${list}/${id}`, 'delete')).status).toBe(400);
    const page = await act(`${list}/${id}`, 'delete', { sure: 'yes' });
    expect([page.url.pathname, noticeOf(page)]).toEqual([list, 'The application has been deleted.']);
    expect(t.stored.clients.get(id)).toBeUndefined();
  });
});
