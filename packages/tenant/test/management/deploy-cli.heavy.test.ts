import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../../test/support/folder.ts';
import { claimsOf, startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { createDeployCli } from './support/deploy-cli.ts';
import { deploySeed } from './support/deploy-seed.ts';
import { enrich, richSeed } from './support/enrich.ts';

const only = ['tenant', 'clients', 'clientGrants', 'resourceServers', 'databases', 'connections', 'roles'];
// It compiles its schemas at each start, which takes most of the time.
const timeout = 1_500_000;

/** From a tenant in memory to one on disk. */
describe('auth0-deploy-cli, unchanged', () => {
  let folder: string;
  let full: TestTenant;
  let empty: TestTenant;
  beforeAll(async () => {
    folder = makeFolder();
    full = await startTestTenant('memory', deploySeed);
    empty = await startTestTenant('sqlite', {});
  });
  afterAll(async () => {
    await full.close();
    await empty.close();
  });

  it('its export, imported into an empty tenant, gives the same export', { timeout }, async () => {
    const source = await createDeployCli(folder, full, only);
    const target = await createDeployCli(folder, empty, only);
    const first = await source.dump('first');
    expect(Object.keys(first).toSorted()).toEqual(only.toSorted());
    expect(JSON.stringify(first)).not.toContain(full.tenant.credentials('acme-web')?.client_secret);
    const machine = { grant_type: 'client_credentials', audience: 'https://orders.example/' };
    expect((await empty.token('Acme Jobs', machine)).status).toBe(400);

    await target.deploy(source.fileOf('first'));
    expect(await target.dump('second')).toEqual(first);
    expect(claimsOf(await empty.token('Acme Jobs', machine))).toMatchObject({ scope: 'read:orders' });

    expect(target.output()).not.toMatch(/ - \S*error\S*: /);
    expect(await source.connections()).toEqual([full.tenant.domain]);
    expect(await target.connections()).toEqual([empty.tenant.domain]);
  });

  it('an export of all resources has what a rich tenant holds, and no request of it is unserved', async () => {
    const rich = await startTestTenant('memory', richSeed);
    try {
      await enrich(rich);
      const source = await createDeployCli(folder, rich, undefined);
      const exported = await source.dump('all');
      expect(Object.entries(exported).flatMap(([name, value]) => (isEmpty(value) ? [] : name))).toEqual(
        expect.arrayContaining([
          ...only,
          'actions',
          'triggers',
          'organizations',
          'attackProtection',
          'branding',
          'customDomains',
          'emailProvider',
          'emailTemplates',
          'guardianFactors',
          'guardianPolicies',
          'logStreams',
          'prompts',
          'rules',
        ]),
      );
      expect(exported).toMatchObject({
        organizations: [{ name: 'north', connections: [{ name: 'Staff' }] }, { name: 'south' }],
        attackProtection: { bruteForceProtection: { max_attempts: 5 } },
        emailTemplates: [{ template: 'verify_email', subject: 'Verify' }],
      });
      const requests = await fetch(`${rich.tenant.origin}/_tenant/requests`);
      expect(await requests.text()).not.toContain('"status":501');
    } finally {
      await rich.close();
    }
  });
});

const isEmpty = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;
