import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildTimeoutMs, openGazetteer } from '../../location/support/gazetteer.ts';
import { type ExaminedTenant, found, startExaminedTenant } from './support/examined-tenant.ts';

describe('doctor --live', () => {
  let t: ExaminedTenant;
  beforeAll(async () => {
    await openGazetteer();
    t = await startExaminedTenant();
  }, buildTimeoutMs);
  afterEach(() => t.restore());
  afterAll(() => t.close());

  const live = { options: { isLive: true } };
  const userCount = () => t.state.users.list().length;
  const kinds = () => t.state.logs.list().map(({ type }) => type);

  it('signs up, signs in, calls the API, renews and signs out, then deletes the user', async () => {
    const before = userCount();
    const report = await t.examine(live);
    expect(found(report)).toEqual([]);
    expect(report.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(['C8', 'S1']));
    expect(userCount()).toBe(before);
    expect(kinds()).toEqual(expect.arrayContaining(['ss', 'sepft', 'sertft', 'ferrt']));
  });

  it('names the failed step, and deletes the user', async () => {
    const before = userCount();
    t.state.resourceServers.list().forEach((api) => {
      if (api.identifier === 'urn:worldmappers') t.state.resourceServers.put({ ...api, token_lifetime: 0 });
    });
    const report = await t.examine({ options: { isLive: true, only: ['S1'] } });
    expect(report).toMatchObject({ ok: false, findings: [{ id: 'S1', status: 'fail' }] });
    expect(report.findings[0]?.seen).toMatch(/^(call|sign-in): \d+/);
    expect(userCount()).toBe(before);
  });

  it('skips the flow if the secret is wrong', async () => {
    const client = t.state.clients.get('gatehouse');
    if (client) t.state.clients.put({ ...client, client_secret: 'another' });
    const report = await t.examine(live);
    expect(found(report)).toEqual(['C8']);
    expect(report.silent).toEqual([{ id: 'S1', because: 'C8' }]);
  });

  it('deletes the user and says so when it is interrupted', async () => {
    const before = userCount();
    const stop = new AbortController();
    const seen = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (userCount() === before) return;
        clearInterval(timer);
        stop.abort();
        resolve();
      }, 1);
    });
    const report = await t.examine({ options: { isLive: true, only: ['S1'], signal: stop.signal } });
    await seen;
    expect(report.findings[0]?.seen).toContain('interrupted');
    expect(userCount()).toBe(before);
  });
});
