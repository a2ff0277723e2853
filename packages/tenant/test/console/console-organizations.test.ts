import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { directory } from '../support/seed.ts';
import { startTestTenant, stores, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed } from './console-seed.ts';
import { noticeOf, press } from './press.ts';

describe.each(stores)('organizations in the console, without scripts, on %s', (store) => {
  let t: TestTenant;
  const shopkeepers = 'org_shopkeepers00000';
  beforeAll(async () => {
    t = await startTestTenant(store, consoleSeed);
  });
  afterAll(() => t.close());

  const act = (action: string, typed = {}, hidden = {}, path = `/console/organizations/${shopkeepers}`) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const stored = () => t.stored.organizations.get(shopkeepers);

  it('are created on their page, and a taken name is refused there', async () => {
    const list = '/console/organizations';
    const made = await act('create', { name: 'bakers', display_name: 'The Bakers' }, {}, list);
    expect(noticeOf(made)).toBe('The organization has been created.');
    expect(made.text).toContain('<h1>The Bakers</h1>');
    const again = await act('create', { name: 'bakers', display_name: '' }, {}, list);
    expect([again.status, noticeOf(again)]).toEqual([
      409,
      'An organization with the same name already exists.',
    ]);
    const all = await createBrowser().get(`${t.tenant.origin}${list}`);
    expect(all.text).toContain('The Bakers');
    expect(all.text).toContain('1 member<');
  });

  it('are renamed, but not to a taken or invalid name', async () => {
    const path = `/console/organizations/${shopkeepers}`;
    const saved = await act('set-organization', {
      display_name: 'Shop Keepers',
      third_party_client_access: 'allow',
    });
    expect(noticeOf(saved)).toBe('The organization has been saved.');
    expect(stored()).toMatchObject({ display_name: 'Shop Keepers', third_party_client_access: 'allow' });
    expect((await act('set-organization', { name: 'hostile' }, {}, path)).status).toBe(409);
    const invalid = await act('set-organization', { name: 'No Spaces' });
    expect([invalid.status, noticeOf(invalid)]).toEqual([
      400,
      'name: String does not match pattern: ^[a-z0-9_-]+$.',
    ]);
    expect(stored()?.name).toBe('shopkeepers');
  });

  it('get and lose members', async () => {
    const added = await act('add-member', { user: 'BOB@example.com' });
    expect(noticeOf(added)).toBe('The user is a member of the organization.');
    expect(stored()?.members).toContain('auth0|bob-id');
    expect((await act('add-member', { user: 'nobody' })).status).toBe(404);
    await act('remove-member', {}, { user: 'auth0|bob-id' });
    expect(stored()?.members).toEqual(['auth0|ann-id']);
  });

  it('have all connections until one is enabled or removed', async () => {
    const id = t.stored.connections.find('name', directory)[0]?.id ?? '';
    const page = await createBrowser().get(`${t.tenant.origin}/console/organizations/${shopkeepers}`);
    expect(page.text).toContain('all of the tenant');
    await act('remove-connection', {}, { connection: id });
    expect(stored()?.connections?.map(({ connection_id }) => connection_id)).not.toContain(id);
    const added = await act('add-connection', { connection: id, assign: 'yes' });
    expect(noticeOf(added)).toBe('The connection has been enabled for the organization.');
    expect(added.text).toContain('assigns membership');
  });

  it('mail and revoke invitations', async () => {
    const page = await act('invite', { email: 'guest@example.com', inviter: 'Ann', client: 'shop' });
    expect(noticeOf(page)).toBe('The invitation has been mailed: see the inbox.');
    const mail = t.tenant.context.inbox.list({ to: 'guest@example.com' }).at(-1);
    expect(mail?.link).toMatch(
      /^http:\/\/localhost:3000\/login\?invitation=\w{32}&organization=org_shopkeepers/,
    );
    const [invitation] = t.stored.invitations.find('organization_id', shopkeepers);
    await act('revoke-invitation', {}, { invitation: invitation?.id ?? '' });
    expect(t.stored.invitations.find('organization_id', shopkeepers)).toEqual([]);
  });

  it('are deleted only with the box ticked', async () => {
    expect((await act('delete')).status).toBe(400);
    expect(noticeOf(await act('delete', { sure: 'yes' }))).toBe('The organization has been deleted.');
    expect(stored()).toBeUndefined();
  });
});
