import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CURRENT_USER_SCOPES, MANAGEMENT_SCOPES } from '../../src/authorization/management-scopes.ts';
import { MANAGEMENT_OPERATIONS, operationKey } from '../../src/management/coverage/auth0-operations.ts';
import {
  coverageOf,
  PARTLY,
  servedOperations,
  toCoveragePage,
} from '../../src/management/coverage/coverage-page.ts';
import { managementRows } from '../../src/management/management-rows.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('coverage of the Management API', () => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant('memory');
  });
  afterAll(() => t.close());

  it('COVERAGE.md is what `npm run coverage` writes', () => {
    expect(read('COVERAGE.md')).toBe(toCoveragePage(JSON.parse(read('test/recorded.json'))));
  });

  it('every note about an operation names one that is served', () => {
    const served = new Set(servedOperations().map(operationKey));
    expect(Object.keys(PARTLY).filter((key) => !served.has(key))).toEqual([]);
  });

  it('the scopes of the Management API are those of its rows', () => {
    const used = new Set(managementRows(t.tenant.context).flatMap(({ scopes }) => scopes));
    const listed = MANAGEMENT_SCOPES.filter((scope) => !CURRENT_USER_SCOPES.includes(scope));
    expect(listed.toSorted()).toEqual([...used].toSorted());
  });

  it('an operation that is not served answers 501 with a hint; a path that Auth0 does not have answers 404', async () => {
    const unserved = coverageOf(servedOperations()).filter(({ coverage }) => coverage === 'no');
    expect(unserved.length).toBeGreaterThan(0);
    for (const { method, path } of unserved) {
      const answer = await t.manage(method, path.replaceAll('{}', 'some'), method === 'GET' ? undefined : {});
      expect([method, path, answer.status]).toEqual([method, path, 501]);
      expect(answer.headers.get('x-tenant-hint')).toContain('COVERAGE.md');
    }
    expect((await t.manage('GET', '/no-such-thing')).status).toBe(404);
    expect(MANAGEMENT_OPERATIONS.length).toBeGreaterThan(470);
  });

  it('legacy endpoints of browser libraries answer 501 as JSON, readable across origins', async () => {
    const answer = await t.post('/co/authenticate', '{}', {
      'content-type': 'application/json',
      origin: 'http://localhost:3000',
    });
    expect([answer.status, answer.json['error']]).toEqual([501, 'not_implemented']);
    expect(answer.headers.get('x-tenant-hint')).toContain('COVERAGE.md');
  });
});
