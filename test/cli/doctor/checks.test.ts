import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../../src/cli/doctor/all-checks.ts';
import { BREAKS } from './support/breaks.ts';
import { type ExaminedTenant, found, startExaminedTenant } from './support/examined-tenant.ts';

describe('each check of the doctor', () => {
  let t: ExaminedTenant;
  beforeAll(async () => {
    t = await startExaminedTenant();
  });
  afterEach(() => t.restore());
  afterAll(() => t.close());

  it('has no findings in a correct tenant', async () => {
    const report = await t.examine();
    expect(found(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, silent: [] });
    expect(report.findings).toHaveLength(CHECKS.filter(({ isLive }) => isLive !== true).length);
  });

  it('has a fault to inject, except for the complete flow', () => {
    expect(Object.keys(BREAKS)).toEqual(CHECKS.map(({ id }) => id).filter((id) => id !== 'S1'));
  });

  it("M2 removes an unknown scope from a customer's grant, and keeps the others", async () => {
    const [grant] = t.state.clientGrants.find('client_id', t.customerId);
    if (!grant) throw new Error('no grant');
    t.state.clientGrants.put({ ...grant, scope: ['directions', 'gone'] });
    const options = { only: ['M2'] };
    expect((await t.examine({ options })).findings).toMatchObject([
      { status: 'fail', seen: 'customer-acme: unknown scopes gone' },
    ]);
    const fixed = await t.examine({ options: { ...options, isFixing: true } });
    expect(fixed.findings).toMatchObject([{ id: 'M2', status: 'pass' }]);
    expect(t.state.clientGrants.get(grant.id)?.scope).toEqual(['directions']);
  });

  it.each(Object.entries(BREAKS))(
    'only %s reports a fault of its setting, until it is repaired',
    async (id, broken) => {
      await broken.breaks(t);
      const view = broken.view?.(t) ?? {};
      const report = await t.examine(view);
      expect(found(report)).toEqual([id]);
      const [finding] = report.findings;
      const level = CHECKS.find((check) => check.id === id)?.level;
      expect(finding).toMatchObject({ id, status: level === 'warn' ? 'warn' : 'fail' });
      expect(report.ok).toBe(level === 'warn');
      const options = { ...view.options, only: [id] };
      if (finding?.fix === `gatehouse doctor --fix --only ${id}`) {
        const after = await t.examine({ ...view, options: { ...options, isFixing: true } });
        expect(after.fixed.length).toBeGreaterThan(0);
        expect(found(after)).toEqual([]);
        expect(after.findings).toMatchObject([{ id, status: 'pass' }]);
      } else {
        await broken.repairs?.(t);
        // A setting of the gateway itself is restored by its previous value.
        const after = await t.examine(
          broken.view && id !== 'C8' ? { options: { only: [id] } } : { ...view, options },
        );
        expect(after.findings).toMatchObject([{ id, status: 'pass' }]);
      }
    },
  );
});
