import { expect, it } from 'vitest';
import { startManagedTenant } from '../support/management.ts';
import { stores } from '../support/start-test-tenant.ts';

it.each(stores)('settings without effect survive an export (%s)', async (store) => {
  const t = await startManagedTenant(store);
  try {
    const { clients, connections, resourceServers, tenants, emails, prompts, attackProtection } =
      t.management;
    const client = await clients.create({
      name: 'Kept',
      sso: true,
      addons: { samlp: {} },
      jwt_configuration: { lifetime_in_seconds: 60, secret_encoded: true },
    });
    const strategy = 'oidc';
    const options = { client_id: 'there', scope: 'openid' };
    const connection = await connections.create({ name: 'kept', strategy, options, show_as_button: true });
    const api = await resourceServers.create({
      identifier: 'urn:kept',
      consent_policy: null,
      allow_online_access: true,
    });
    await tenants.settings.update({ support_email: 'help@acme.example', enabled_locales: ['en'] });
    await emails.provider.create({ name: 'smtp', credentials: { smtp_host: 'mail.example', smtp_port: 25 } });
    await prompts.updateSettings({ identifier_first: true });
    await attackProtection.suspiciousIpThrottling.update({ allowlist: ['127.0.0.1'] });
    await attackProtection.breachedPasswordDetection.update({ admin_notification_frequency: ['weekly'] });

    const before = await t.get('/_tenant/export');
    expect(before.status).toBe(200);
    const imported = await t.post('/_tenant/import', before.text, { 'content-type': 'application/json' });
    expect(imported.text).not.toContain('kept');
    expect(imported.status).toBe(200);
    expect((await t.get('/_tenant/export')).text).toBe(before.text);

    const { encrypted: _onlyAtCreation, ...created } = { encrypted: undefined, ...client };
    expect(await clients.get(client.client_id ?? '')).toEqual(created);
    expect(await connections.get(connection.id ?? '')).toEqual(connection);
    expect(await resourceServers.get(api.id ?? '')).toEqual(api);
    expect(await tenants.settings.get()).toMatchObject({ support_email: 'help@acme.example' });
    expect(await prompts.getSettings()).toMatchObject({ identifier_first: true });
  } finally {
    await t.close();
  }
});
