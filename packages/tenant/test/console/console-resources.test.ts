import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, type Page } from '../support/browser.ts';
import { api } from '../support/seed.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, hostile } from './console-seed.ts';
import { formOf, noticeOf, press } from './press.ts';

describe.each(stores)('APIs, roles and tenant settings in the console, without scripts, on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, consoleSeed);
  });
  afterAll(() => t.close());

  const act = (path: string, action: string, typed = {}, hidden = {}) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const apiOf = (identifier: string) => {
    const [found] = t.stored.resourceServers.find('identifier', identifier);
    if (!found) throw new Error(`no API ${identifier}`);
    return found;
  };
  const pathOf = (identifier: string) => `/console/apis/${apiOf(identifier).id}`;
  const createApi = (identifier: string, more = {}) =>
    act('/console/apis', 'create', { name: 'Orders', identifier, ...more });

  describe('an API', () => {
    it('is created with its scopes, and issues tokens with them', async () => {
      const scopes = 'read:orders Read your orders\r\nwrite:orders';
      const page = await createApi('urn:orders', { scopes });
      expect(noticeOf(page)).toBe('The API has been created.');
      expect(page.text).toContain('<h1>Orders</h1>');
      expect(apiOf('urn:orders')).toMatchObject({
        scopes: [{ value: 'read:orders', description: 'Read your orders' }, { value: 'write:orders' }],
        allow_offline_access: true,
        enforce_policies: false,
      });
      const answer = await t.signIn('shop', { audience: 'urn:orders', scope: 'read:orders' });
      expect(claimsOf(answer)).toMatchObject({ aud: 'urn:orders', scope: 'read:orders' });
    });

    it('with RBAC gives users only what their roles permit, and puts the permissions into tokens', async () => {
      await createApi('urn:rbac', { scopes: 'read:it\nwrite:it', enforce_policies: 'yes' });
      await act('/console/roles', 'create', { name: 'Reader of it' });
      const [role] = t.stored.roles.find('name', 'Reader of it');
      const rolePath = `/console/roles/${role?.id}`;
      await act(rolePath, 'set-permissions', { scope: 'read:it' }, { api: 'urn:rbac' });
      await act(rolePath, 'add-member', { user: 'ANN@example.com' });
      const permissions = async () =>
        claimsOf(await t.signIn('shop', { audience: 'urn:rbac' }))['permissions'];
      expect(await permissions()).toEqual(['read:it']);
      await act(rolePath, 'set-permissions', { scope: 'write:it' }, { api: 'urn:rbac' });
      expect(await permissions()).toEqual(['write:it']);
      await act(rolePath, 'remove-member', {}, { user: 'auth0|ann-id' });
      expect(await permissions()).toEqual([]);
    });

    it('is not created twice, and the form keeps what was typed', async () => {
      await createApi('urn:once');
      const page = await createApi('urn:once', { name: 'Another' });
      expect([page.status, noticeOf(page)]).toEqual([
        409,
        'A resource server with the same identifier already exists.',
      ]);
      expect(formOf(page, 'create').fields).toMatchObject({ name: 'Another', identifier: 'urn:once' });
    });

    it('has new settings for the next token', async () => {
      await createApi('urn:short');
      await act(pathOf('urn:short'), 'set-api', { token_lifetime: '60', token_dialect: 'rfc9068_profile' });
      const { iat = 0, exp, ...claims } = claimsOf(await t.signIn('shop', { audience: 'urn:short' }));
      expect([exp, typeof claims['client_id']]).toEqual([iat + 60, 'string']);
      await act(pathOf('urn:short'), 'set-api', { user: 'deny_all' });
      expect((await t.signIn('shop', { audience: 'urn:short' })).status).not.toBe(200);
    });

    it('gets and loses scopes; a lost scope leaves its grants, and a repeated one is refused', async () => {
      await createApi('urn:scopes', { scopes: 'a' });
      const path = pathOf('urn:scopes');
      await act(path, 'add-scope', { value: 'b', description: 'Second' });
      const again = await act(path, 'add-scope', { value: 'b' });
      expect([again.status, noticeOf(again)]).toEqual([400, 'scopes: Duplicate scopes.']);
      await act(path, 'add-grant', { client: 'courier', scope: 'a\nb' }, { audience: 'urn:scopes' });
      await act(path, 'remove-scope', {}, { scope: 'a' });
      expect(apiOf('urn:scopes').scopes).toEqual([{ value: 'b', description: 'Second' }]);
      const grants = t.stored.clientGrants.list().filter(({ audience }) => audience === 'urn:scopes');
      expect(grants.map(({ scope }) => scope)).toEqual([['b']]);
    });

    it('is deleted with its grants, and the Management API itself never', async () => {
      await createApi('urn:gone', { scopes: 'a' });
      const path = pathOf('urn:gone');
      await act(path, 'add-grant', { client: 'courier', scope: 'a' }, { audience: 'urn:gone' });
      expect((await act(path, 'delete')).status).toBe(400);
      expect(noticeOf(await act(path, 'delete', { sure: 'yes' }))).toBe('The API has been deleted.');
      expect(t.stored.clientGrants.list().map(({ audience }) => audience)).not.toContain('urn:gone');
      const own = pathOf(`${t.tenant.issuer}api/v2/`);
      await expect(act(own, 'delete')).rejects.toThrow('no form for delete');
      await act(own, 'set-api', { token_lifetime: '120' });
      expect(apiOf(`${t.tenant.issuer}api/v2/`)).toMatchObject({ token_lifetime: 120, is_system: true });
    });
  });

  describe('a role', () => {
    const path = '/console/roles/rol_support';

    it('is renamed, but not to a name that is taken', async () => {
      await act(path, 'set-role', { name: 'Helpers' });
      expect(t.stored.roles.get('rol_support')?.name).toBe('Helpers');
      const page = await act(path, 'set-role', { name: hostile });
      expect([page.status, formOf(page, 'set-role').fields['name']]).toEqual([409, hostile]);
      expect(page.text).not.toContain('<img');
    });

    it('keeps its permissions where a form is no longer current', async () => {
      await createApi('urn:stale', { scopes: 'a\nb' });
      const browser = createBrowser();
      const form = formOf(await browser.get(`${t.tenant.origin}${path}`), 'set-permissions', {
        api: 'urn:stale',
      });
      await act(path, 'set-permissions', { scope: 'a' }, { api: 'urn:stale' });
      const page = await browser.post(form.action, { ...form.fields, scope: 'b' });
      expect(page.status).toBe(409);
      const permissions = t.stored.roles.get('rol_support')?.permissions ?? [];
      expect(permissions.map(({ permission_name }) => permission_name)).toEqual(['a']);
    });

    it('is deleted with its assignments', async () => {
      await act(path, 'add-member', { user: 'auth0|bob-id' });
      expect((await act(path, 'add-member', { user: 'nobody' })).status).toBe(404);
      await act(path, 'delete', { sure: 'yes' });
      expect(t.stored.authorizations.get('auth0|bob-id')?.roles).toEqual([]);
      expect((await t.get(path)).status).toBe(404);
    });
  });

  describe('the MFA policy', () => {
    const save = (typed: object) => act('/console/mfa', 'save', typed);

    it.each([
      ['all-applications', ['all-applications'], 'mfa_required'],
      ['confidence-score', ['confidence-score'], undefined],
      ['never', [], undefined],
    ])('%s is what the Management API shows and sign-ins follow', async (policy, policies, error) => {
      expect(noticeOf(await save({ policy }))).toBe('The MFA settings have been saved.');
      expect(t.stored.guardian.get()?.policies ?? []).toEqual(policies);
      expect((await t.signIn('shop')).json['error']).toBe(error);
    });

    it('has the ticked factors', async () => {
      await save({ factors: 'otp\nsms', message_types: 'voice' });
      const { factors, phone_message_types } = t.stored.guardian.get() ?? {};
      const enabled = Object.entries(factors ?? {}).flatMap(([name, { enabled: on }]) => (on ? name : []));
      expect([enabled, phone_message_types]).toEqual([['otp', 'sms'], ['voice']]);
    });

    it('refuses a policy that Auth0 does not have', async () => {
      expect((await save({ policy: 'sometimes' })).status).toBe(400);
      expect(t.stored.guardian.get()?.policies).toEqual([]);
    });
  });

  describe('the tenant settings', () => {
    const save = (typed: object) => act('/console/settings', 'save', typed);

    it('change what sign-ups are told', async () => {
      const signUp = () =>
        t.post('/dbconnections/signup', {
          client_id: 'shop',
          email: 'ann@example.com',
          password: 'Correct-Horse-9',
          connection: 'Username-Password-Authentication',
        });
      expect((await signUp()).json['code']).toBe('invalid_signup');
      const page = await save({ enable_public_signup_user_exists_error: 'yes' });
      expect(noticeOf(page)).toBe('The tenant settings have been saved.');
      expect((await signUp()).json['code']).toBe('user_exists');
      await save({ enable_public_signup_user_exists_error: '' });
      expect((await signUp()).json['code']).toBe('invalid_signup');
    });

    it('have a default audience', async () => {
      await save({ default_audience: api });
      expect(claimsOf(await t.signIn('shop', { scope: 'openid' }))['aud']).toContain(api);
      await save({ default_audience: '' });
    });

    it('refuse a lifetime that Auth0 refuses, and the form keeps it', async () => {
      const page = await save({ session_lifetime: '9000' });
      expect([page.status, noticeOf(page)]).toEqual([
        400,
        'session_lifetime: Value is greater than maximum 8760.',
      ]);
      expect(formOf(page, 'save').fields['session_lifetime']).toBe('9000');
    });

    it('store nothing that the form does not change', async () => {
      const before = t.stored.settings.get();
      await save({});
      expect(t.stored.settings.get()).toEqual({ ...before, extra: t.stored.settings.get()?.extra });
    });
  });

  it('a form without its token changes nothing', async () => {
    const browser = createBrowser();
    const paths = ['apis', 'roles', 'mfa', 'settings', 'applications', 'applications/shop'];
    const answers = await Promise.all(
      paths.map(async (path): Promise<Page> => {
        const page = await browser.get(`${t.tenant.origin}/console/${path}`);
        const [form] = page.forms;
        if (!form) throw new Error(`no form at ${path}`);
        return browser.post(form.action, { ...form.fields, token: '' });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 403));
  });
});
