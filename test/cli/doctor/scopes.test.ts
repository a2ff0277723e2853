import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../../src/cli/doctor/all-checks.ts';
import { scopesOf } from '../../../src/cli/doctor/check.ts';
import { type ExaminedTenant, found, startExaminedTenant } from './support/examined-tenant.ts';

const scopes = [...new Set(CHECKS.flatMap(scopesOf))];

describe('a management client without a scope', () => {
  let t: ExaminedTenant;
  beforeAll(async () => {
    t = await startExaminedTenant();
  });
  afterEach(() => t.restore());
  afterAll(() => t.close());

  function grantWithout(...missing: readonly string[]): void {
    const [grant] = t.state.clientGrants.find('client_id', 'gatehouse-management');
    if (!grant) throw new Error('no grant');
    t.state.clientGrants.put({ ...grant, scope: grant.scope.filter((scope) => !missing.includes(scope)) });
  }

  it.each(scopes)(
    'gets a finding for the missing scope %s; checks that need it report nothing',
    async (scope) => {
      grantWithout(scope);
      const report = await t.examine();
      expect(found(report)).toEqual(['R6']);
      expect(report.findings[0]).toMatchObject({ id: 'R6', status: 'fail', seen: `without ${scope}` });
      const readers = CHECKS.filter((check) => scopesOf(check).includes(scope));
      expect(report.silent.map(({ id }) => id)).toEqual(
        expect.arrayContaining(readers.map(({ id }) => id).filter((id) => id !== 'C8')),
      );
      expect(new Set(report.silent.map(({ because }) => because))).toEqual(new Set(['R6']));
    },
  );

  it('gets all missing scopes together, including those of --live and --fix', async () => {
    grantWithout('read:clients', 'delete:users', 'update:connections');
    const report = await t.examine({ options: { isLive: true, isFixing: true, only: ['R6'] } });
    expect(report.findings[0]?.seen).toBe('without read:clients, delete:users, update:connections');
  });

  it.each([
    { feed: undefined, lacks: 'read:logs', finding: { status: 'warn' }, ok: true },
    { feed: 'logs', lacks: 'read:refresh_tokens', finding: { status: 'fail' }, ok: false },
    { feed: 'events', lacks: 'read:events', finding: { status: 'fail' }, ok: false },
    { feed: 'off', lacks: 'read:logs', finding: undefined, ok: true },
  ])('lacks $lacks with REVOCATION_FEED $feed: $finding', async ({ feed, lacks, finding, ok }) => {
    grantWithout(lacks);
    const report = await t.examine({ env: { ...(feed !== undefined && { REVOCATION_FEED: feed }) } });
    const seen = `without ${lacks} for REVOCATION_FEED`;
    expect(report.findings.filter(({ status }) => status !== 'pass')).toMatchObject(
      finding ? [{ id: 'R6', ...finding, seen }] : [],
    );
    expect(report).toMatchObject({ ok, silent: [] });
  });

  it('gets the cause if a single selected check cannot run', async () => {
    grantWithout('read:clients');
    const report = await t.examine({ options: { only: ['C5'] } });
    expect(report).toMatchObject({ ok: false, silent: [{ id: 'C5', because: 'R6' }] });
    expect(found(report)).toEqual(['R6']);
  });
});
