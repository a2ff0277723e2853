import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

describe.each(stores)('settings in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const signUp = (email: string, secret = password) =>
    t.post('/dbconnections/signup', { client_id: 'lenient', connection: directory, email, password: secret });

  describe('of the tenant', () => {
    it('are read, and changed member by member; null resets', async () => {
      const { settings } = t.management.tenants;
      const before = await settings.get();
      expect(before).toMatchObject({
        default_directory: directory,
        session_lifetime: 168,
        flags: { use_scope_descriptions_for_consent: true },
      });
      const changed = await settings.update({
        friendly_name: 'Acme',
        support_url: 'https://acme.example/help',
        session_lifetime_in_minutes: 90,
        idle_session_lifetime: 1,
        allowed_logout_urls: ['https://acme.example/bye'],
        error_page: { url: 'https://acme.example/error' },
        enabled_locales: ['en', 'de'],
        ephemeral_session_lifetime_in_minutes: 60,
        flags: { enable_apis_section: true },
      });
      expect(changed).toMatchObject({
        friendly_name: 'Acme',
        support_url: 'https://acme.example/help',
        session_lifetime: 1.5,
        idle_session_lifetime: 1,
        error_page: { url: 'https://acme.example/error' },
        enabled_locales: ['en', 'de'],
        ephemeral_session_lifetime: 1,
        flags: { enable_apis_section: true, use_scope_descriptions_for_consent: true },
      });
      expect(await settings.get()).toEqual(changed);
      const back = await settings.update({ error_page: null, pushed_authorization_requests_supported: null });
      expect(Object.keys(back)).not.toContain('error_page');
      expect(back.pushed_authorization_requests_supported).toBe(false);
    });

    it('a flag takes effect at once', async () => {
      const email = `${fresh()}@example.com`;
      await signUp(email);
      expect((await signUp(email)).json).toMatchObject({ code: 'invalid_signup' });
      await t.management.tenants.settings.update({ flags: { enable_public_signup_user_exists_error: true } });
      expect((await signUp(email)).json).toMatchObject({ code: 'user_exists' });
      await t.management.tenants.settings.update({
        flags: { enable_public_signup_user_exists_error: false },
      });
    });

    it('without a default directory, plain password fails as on Auth0', async () => {
      const plain = () =>
        t.token('lenient', { grant_type: 'password', username: 'ann@example.com', password });
      expect((await plain()).status).toBe(200);
      await t.management.tenants.settings.update({ default_directory: '' });
      expect((await plain()).status).toBe(500);
      await t.management.tenants.settings.update({ default_directory: directory });
      expect((await plain()).status).toBe(200);
    });

    it.each([
      [{ colour: 1 }, "'Additional properties not allowed: colour'"],
      [{ flags: { fly: true } }, "'Additional properties not allowed: fly' on property flags"],
      [
        { flags: { enable_sso: 'yes' } },
        "'Expected type boolean but found type string' on property flags.enable_sso",
      ],
      [{ session_lifetime: 0 }, "'Value is less than minimum 1' on property session_lifetime"],
    ])('the body %j answers 400 invalid_body', async (body, reason) => {
      const answer = await t.manage('PATCH', '/tenants/settings', body);
      expect(answer.json).toMatchObject({
        statusCode: 400,
        errorCode: 'invalid_body',
        message: `Payload validation error: ${reason}.`,
      });
    });
  });

  describe('of second factors', () => {
    it('a policy requires a factor of every user; without a policy none is required', async () => {
      const { policies } = t.management.guardian;
      expect(await policies.list()).toEqual([]);
      expect(await policies.set(['all-applications'])).toEqual(['all-applications']);
      expect((await t.signIn('lenient')).json).toMatchObject({ error: 'mfa_required' });
      expect(await policies.set([])).toEqual([]);
      expect((await t.signIn('lenient')).status).toBe(200);
      expect((await t.manage('PUT', '/guardian/policies', ['sometimes'])).json).toMatchObject({
        errorCode: 'invalid_body',
      });
    });

    it('factors can be enabled and disabled, except for unsupported ones', async () => {
      const { factors } = t.management.guardian;
      const isOn = async (name: string) =>
        (await factors.list()).find((factor) => factor.name === name)?.enabled;
      expect(await isOn('sms')).toBe(true);
      expect(await factors.set('sms', { enabled: false })).toEqual({ enabled: false });
      expect(await isOn('sms')).toBe(false);
      await factors.set('sms', { enabled: true });
      expect(await isOn('duo')).toBe(false);
      expect(await factors.set('duo', { enabled: false })).toEqual({ enabled: false });
      await expect(factors.set('duo', { enabled: true })).rejects.toMatchObject({ statusCode: 403 });
      expect((await t.manage('PUT', '/guardian/factors/constructor', { enabled: true })).status).toBe(404);
      expect(await factors.phone.setMessageTypes({ message_types: ['sms'] })).toEqual({
        message_types: ['sms'],
      });
      expect(await factors.phone.getMessageTypes()).toEqual({ message_types: ['sms'] });
    });
  });

  describe('of attack protection', () => {
    it('brute-force protection follows its settings', async () => {
      const { bruteForceProtection } = t.management.attackProtection;
      const before = await bruteForceProtection.get();
      expect(before).toMatchObject({ enabled: true, max_attempts: 10, mode: 'count_per_identifier_and_ip' });
      const set = { enabled: true, max_attempts: 1 };
      expect(await bruteForceProtection.update(set)).toEqual({ ...before, ...set });
      const email = `${fresh()}@example.com`;
      await signUp(email);
      const wrong = () => t.signIn('lenient', { username: email, password: 'wrong' });
      expect((await wrong()).status).toBe(403);
      expect((await wrong()).status).toBe(429);
      await bruteForceProtection.update({ enabled: false });
      expect((await wrong()).status).toBe(403);
      await bruteForceProtection.update({ enabled: true, max_attempts: 10 });
    });

    it('leaked passwords are accepted with the detection off', async () => {
      const { breachedPasswordDetection } = t.management.attackProtection;
      const leaked = () => signUp(`${fresh()}@example.com`, 'AUTH0-TEST-Passw0rd');
      expect((await leaked()).json).toMatchObject({ code: 'password_leaked' });
      const stage = { 'pre-user-registration': { shields: [] } };
      const changed = await breachedPasswordDetection.update({
        stage,
        admin_notification_frequency: ['daily'],
      });
      expect(changed).toMatchObject({ enabled: true, stage, admin_notification_frequency: ['daily'] });
      expect((await leaked()).status).toBe(200);
    });

    it('suspicious IP throttling is stored', async () => {
      const { suspiciousIpThrottling } = t.management.attackProtection;
      const before = await suspiciousIpThrottling.get();
      expect(before).toMatchObject({
        enabled: true,
        stage: { 'pre-login': { max_attempts: 100, rate: 864_000 } },
      });
      const stage = { 'pre-login': { max_attempts: 5, rate: 1000 } };
      const changed = await suspiciousIpThrottling.update({ allowlist: ['127.0.0.1'], stage });
      expect(changed).toEqual({ ...before, allowlist: ['127.0.0.1'], stage: { ...before.stage, ...stage } });
    });

    it.each([
      ['brute-force-protection', { max_attempts: 101 }],
      ['brute-force-protection', { colour: 1 }],
      ['breached-password-detection', { method: 'magic' }],
      ['suspicious-ip-throttling', { stage: { 'pre-login': { max_attempts: 0, rate: 1 } } }],
    ])('%s refuses %j with 400', async (name, body) => {
      const answer = await t.manage('PATCH', `/attack-protection/${name}`, body);
      expect(answer.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
    });
  });

  describe('of pages, mail and actions', () => {
    it('prompt settings can be changed, texts are stored', async () => {
      const { prompts } = t.management;
      expect(await prompts.getSettings()).toEqual({
        universal_login_experience: 'new',
        identifier_first: false,
        webauthn_platform_first_factor: false,
      });
      expect(await prompts.updateSettings({ identifier_first: true })).toMatchObject({
        identifier_first: true,
      });
      expect(await prompts.customText.get('login', 'en')).toEqual({});
      const texts = { login: { title: 'Hi' } };
      expect((await t.manage('PUT', '/prompts/login/custom-text/en', texts)).json).toEqual(texts);
      expect(await prompts.customText.get('login', 'en')).toEqual(texts);
      expect((await prompts.rendering.list()).data).toEqual([]);
    });

    it('an e-mail provider is set, read without its secrets, and removed', async () => {
      const { provider } = t.management.emails;
      const none = { statusCode: 404, body: { errorCode: 'inexistent_email_provider' } };
      await expect(provider.get()).rejects.toMatchObject(none);
      await expect(provider.update({ enabled: false })).rejects.toMatchObject(none);
      const smtp = { smtp_host: 'mail.example', smtp_port: 25, smtp_user: 'me', smtp_pass: 'hush' };
      await provider.create({ name: 'smtp', default_from_address: 'a@acme.example', credentials: smtp });
      const { smtp_pass: _secret, ...shown } = smtp;
      const kept = {
        name: 'smtp',
        enabled: true,
        default_from_address: 'a@acme.example',
        credentials: shown,
      };
      expect(await provider.get()).toEqual(kept);
      expect((await t.manage('POST', '/emails/provider', { name: 'ses', credentials: {} })).status).toBe(409);
      expect(await provider.update({ enabled: false })).toEqual({ ...kept, enabled: false });
      expect(Object.keys(await t.management.tenants.settings.get())).not.toContain('email_provider');
      await provider.delete();
      await expect(provider.get()).rejects.toMatchObject(none);
    });

    it('triggers are listed without bindings', async () => {
      const { actions } = t.management;
      expect((await actions.list()).data).toEqual([]);
      const { triggers = [] } = await actions.triggers.list();
      expect(triggers.map(({ id }) => id)).toContain('post-login');
      expect((await actions.triggers.bindings.list('post-login')).data).toEqual([]);
      expect(await actions.triggers.bindings.updateMany('post-login', { bindings: [] })).toEqual({
        bindings: [],
      });
      const bound = await t.manage('PATCH', '/actions/triggers/post-login/bindings', {
        bindings: [{ ref: { type: 'action_name', value: 'none' } }],
      });
      expect(bound.status).toBe(404);
      expect((await t.manage('GET', '/actions/triggers/no-such/bindings')).status).toBe(404);
    });
  });

  it.each([
    ['GET', '/tenants/settings', 'read:tenant_settings'],
    ['PATCH', '/attack-protection/brute-force-protection', 'update:attack_protection'],
    ['PUT', '/guardian/policies', 'update:mfa_policies'],
    ['POST', '/clients', 'create:clients'],
    ['POST', '/clients/host/rotate-secret', 'update:client_keys'],
    ['DELETE', '/resource-servers/x', 'delete:resource_servers'],
    ['PATCH', '/connections/x/clients', 'update:connections'],
  ])('%s %s without its scope answers 403', async (method, path, scope) => {
    const authorization = `Bearer ${await t.managementToken('read:users')}`;
    const answer = await t.manage(method, path, method === 'GET' ? undefined : {}, { authorization });
    expect(answer.json).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: `Insufficient scope, expected any of: ${scope}`,
      errorCode: 'insufficient_scope',
    });
  });
});
