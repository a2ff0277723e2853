import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { api } from '../support/seed.ts';
import { claimsOf, startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, hostile } from './console-seed.ts';
import { formOf, noticeOf, press } from './press.ts';

describe('Actions in the console, without scripts', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory', consoleSeed);
  });
  afterAll(() => t.close());

  const act = (path: string, action: string, typed = {}, hidden = {}) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const idOf = (name: string) => t.stored.actions.find('name', name)[0]?.id ?? '';
  const pathOf = (name: string) => `/console/actions/${idOf(name)}`;
  const create = (name: string, trigger = 'post-login') =>
    act('/console/actions', 'create', { name, trigger });
  const claim = async () => claimsOf(await t.signIn('shop', { audience: api }))['https://shop.example/plan'];
  const code = `exports.onExecutePostLogin = async (event, api) => {
  api.accessToken.setCustomClaim('https://shop.example/plan', event.secrets.PLAN ?? 'free');
};
`;

  it('run after they are created, saved, deployed and bound, and stop when they are unbound', async () => {
    const created = await create('Plan');
    expect(noticeOf(created)).toContain('The Action has been created.');
    expect(formOf(created, 'save').fields['code']).toContain('exports.onExecutePostLogin = async');
    expect(created.text).toContain('not deployed');
    const saved = await act(pathOf('Plan'), 'save', { code, runs: 'yes' });
    expect(noticeOf(saved)).toBe('The Action has been saved and deployed.');
    expect(await claim()).toBe('free');
    await act(pathOf('Plan'), 'add-secret', { secret: 'PLAN', value: 'gold' });
    expect(await claim()).toBe('gold');
    expect((await t.get(pathOf('Plan'))).text).not.toContain('gold');
    await act(pathOf('Plan'), 'remove-secret', {}, { secret: 'PLAN' });
    expect(t.stored.actions.get(idOf('Plan'))?.deployed_version?.secrets).toEqual([]);
    await act(pathOf('Plan'), 'save', { runs: '' });
    expect(await claim()).toBeUndefined();
    expect(t.stored.actions.get(idOf('Plan'))?.code).toBe(code.trim());
  });

  it('run after those that are bound already, whose order stays', async () => {
    for (const name of ['First', 'Second', 'Third']) {
      await create(name);
      await act(pathOf(name), 'save', { runs: 'yes' });
    }
    await act(pathOf('Second'), 'save', { runs: '' });
    const bound = t.stored.triggerBindings
      .get('post-login')
      ?.bindings.map(({ display_name }) => display_name);
    expect(bound).toEqual(['First', 'Third']);
  });

  it('keep the code of a refused form, and no form that is no longer current overwrites another', async () => {
    await create('Kept');
    const refused = await act(pathOf('Kept'), 'save', { name: hostile, code: `// ${hostile}` });
    expect([refused.status, formOf(refused, 'save').fields['code']]).toEqual([400, `// ${hostile}`]);
    expect(refused.text).not.toContain('<img');
    const browser = createBrowser();
    const stale = formOf(await browser.get(`${t.tenant.origin}${pathOf('Kept')}`), 'save');
    await act(pathOf('Kept'), 'save', { code: '// theirs' });
    expect((await browser.post(stale.action, { ...stale.fields, code: '// mine' })).status).toBe(409);
    expect(t.stored.actions.get(idOf('Kept'))?.code).toBe('// theirs');
  });

  it('are not created with a taken name or an unknown trigger', async () => {
    await create('Taken');
    expect((await create('Taken')).status).toBe(409);
    const unknown = await create('Unknown', 'constructor');
    expect([unknown.status, formOf(unknown, 'create').fields['name']]).toEqual([400, 'Unknown']);
  });

  it('of a token exchange have no trigger to be bound to', async () => {
    const page = await create('Exchange', 'custom-token-exchange');
    expect(formOf(page, 'save').fields).not.toHaveProperty('runs');
    expect(page.text).toContain('onExecuteCustomTokenExchange');
  });

  it('are deleted with their binding, once the box is ticked', async () => {
    await create('Short');
    const path = pathOf('Short');
    await act(path, 'save', { runs: 'yes' });
    expect((await act(path, 'delete')).status).toBe(400);
    expect(noticeOf(await act(path, 'delete', { sure: 'yes' }))).toBe('The Action has been deleted.');
    const bound = t.stored.triggerBindings
      .get('post-login')
      ?.bindings.map(({ display_name }) => display_name);
    expect(bound).not.toContain('Short');
    expect((await t.get(path)).status).toBe(404);
  });
});
