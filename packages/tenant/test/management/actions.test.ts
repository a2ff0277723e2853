import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../support/context-of.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

const code = 'exports.onExecutePostLogin = async (event, api) => {};';
const postLogin = [{ id: 'post-login', version: 'v3' }] as const;

describe.each(stores)('actions in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const create = (more: object = {}) =>
    t.management.actions.create({
      name: `Action ${fresh()}`,
      supported_triggers: [...postLogin],
      code,
      ...more,
    });

  it('an action is created pending, then built, and lists without counts of 0', async () => {
    const made = await create({ secrets: [{ name: 'KEY', value: 'hush' }] });
    expect(made).toMatchObject({ status: 'pending', runtime: 'node22', all_changes_deployed: false });
    const { id = '' } = made;
    expect(await t.management.actions.get(id)).toMatchObject({ status: 'built', code });
    expect(JSON.stringify(await t.management.actions.get(id))).not.toContain('hush');
    const { json } = await t.manage('GET', '/actions/actions?page=0');
    expect(json).toMatchObject({ actions: [{ id }], total: 1, per_page: 50 });
    expect(json).not.toHaveProperty('page');
    expect((await t.manage('GET', '/actions/actions?triggerId=send-phone-message')).json).toEqual({
      actions: [],
      per_page: 50,
    });
    await t.management.actions.delete(id);
  });

  it('the deployed version stays when the draft changes', async () => {
    const { id = '' } = await create();
    const version = await t.management.actions.deploy(id);
    expect(version).toMatchObject({ number: 1, code, status: 'built', deployed: false });
    expect(await t.management.actions.get(id)).toMatchObject({ all_changes_deployed: true });
    await t.management.actions.update(id, { code: 'exports.other = 1;' });
    expect(await t.management.actions.get(id)).toMatchObject({
      all_changes_deployed: false,
      code: 'exports.other = 1;',
      deployed_version: { number: 1, code },
    });
    expect(await t.management.actions.deploy(id)).toMatchObject({ number: 2 });
    await t.management.actions.delete(id);
  });

  it('only deployed actions can be bound, in order, and a bound one is deleted only with force', async () => {
    const { bindings } = t.management.actions.triggers;
    const first = await create();
    const bind = (...names: (string | undefined)[]) =>
      bindings.updateMany('post-login', {
        bindings: names.map((value = '') => ({
          ref: { type: 'action_name', value },
          display_name: `shown ${value}`,
        })),
      });
    await expect(bind(first.name)).rejects.toMatchObject({ statusCode: 400 });
    const second = await create({ deploy: true });
    await t.management.actions.deploy(first.id ?? '');
    const bound = await bind(second.name, first.name);
    expect(bound.bindings?.map(({ action }) => action?.id)).toEqual([second.id, first.id]);
    const listed = (await bindings.list('post-login')).data;
    expect(listed).toMatchObject([
      { trigger_id: 'post-login', display_name: `shown ${second.name}` },
      { display_name: `shown ${first.name}` },
    ]);
    await expect(t.management.actions.delete(first.id ?? '')).rejects.toMatchObject({ statusCode: 409 });
    await t.management.actions.delete(first.id ?? '', { force: true });
    expect((await bindings.list('post-login')).data).toHaveLength(1);
    await bind();
    await t.management.actions.delete(second.id ?? '');
  });

  it.each([
    ['POST', '/actions/actions', { name: 'x', supported_triggers: [{ id: 'nothing', version: 'v1' }] }, 400],
    ['POST', '/actions/actions', { name: 'x', supported_triggers: [] }, 400],
    ['GET', '/actions/actions/none', undefined, 404],
    ['DELETE', '/actions/actions/none', undefined, 404],
    ['GET', '/actions/triggers/none/bindings', undefined, 404],
    [
      'PATCH',
      '/actions/triggers/post-login/bindings',
      { bindings: [{ ref: { type: 'action_name', value: 'none' } }] },
      404,
    ],
  ] as const)('%s %s with %j answers %i', async (method, path, body, status) => {
    expect((await t.manage(method, path, body)).status).toBe(status);
  });

  it('an action for another trigger cannot be bound, and names are unique', async () => {
    const made = await create({
      supported_triggers: [{ id: 'credentials-exchange', version: 'v2' }],
      deploy: true,
    });
    const ref = { type: 'action_id', value: made.id };
    expect(
      (await t.manage('PATCH', '/actions/triggers/post-login/bindings', { bindings: [{ ref }] })).status,
    ).toBe(400);
    const again = { name: made.name, supported_triggers: postLogin };
    expect((await t.manage('POST', '/actions/actions', again)).status).toBe(409);
    await t.management.actions.delete(made.id ?? '');
  });

  it('actions and bindings survive export and import', async () => {
    const made = await create({ deploy: true, secrets: [{ name: 'KEY', value: 'hush' }] });
    await t.management.actions.triggers.bindings.updateMany('post-login', {
      bindings: [{ ref: { type: 'action_name', value: made.name ?? '' }, display_name: 'one' }],
    });
    const exported = await (await fetch(`${t.tenant.origin}/_tenant/export`)).text();
    const kept = contextOf(t.tenant).state.actions.list();
    const imported = await fetch(`${t.tenant.origin}/_tenant/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: exported,
    });
    expect(imported.status).toBe(200);
    expect(await (await fetch(`${t.tenant.origin}/_tenant/export`)).text()).toBe(exported);
    expect(contextOf(t.tenant).state.actions.list()).toEqual(kept);
  });
});

describe.each(stores)('bot detection and CAPTCHA in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  it('have the defaults of Auth0, and change member by member', async () => {
    const { botDetection } = t.management.attackProtection;
    const before = await botDetection.get();
    expect(before).toEqual({
      bot_detection_level: 'medium',
      challenge_password_policy: 'never',
      challenge_passwordless_policy: 'never',
      challenge_password_reset_policy: 'never',
      allowlist: [],
      monitoring_mode_enabled: false,
    });
    const changed = await botDetection.update({ challenge_password_policy: 'when_risky' });
    expect(changed).toEqual({ ...before, challenge_password_policy: 'when_risky' });
    expect(await botDetection.get()).toEqual(changed);
    const wrong = await t.manage('PATCH', '/attack-protection/bot-detection', { bot_detection_level: 'mad' });
    expect(wrong.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
  });

  it('never show the secret of a CAPTCHA provider', async () => {
    const path = '/attack-protection/captcha';
    expect((await t.manage('GET', path)).json).toMatchObject({ active_provider_id: 'auth_challenge' });
    const set = { active_provider_id: 'hcaptcha', hcaptcha: { site_key: 'shown', secret: 'hush' } };
    const changed = await t.manage('PATCH', path, set);
    expect(changed.json).toMatchObject({ active_provider_id: 'hcaptcha', hcaptcha: { site_key: 'shown' } });
    expect(changed.text).not.toContain('hush');
    expect((await t.manage('GET', path)).json).toEqual(changed.json);
  });
});
