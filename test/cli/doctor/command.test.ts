import { beforeAll, describe, expect, it } from 'vitest';
import { buildTimeoutMs, openGazetteer } from '../../location/support/gazetteer.ts';
import { makeFolder, runCli, runCliProcess } from '../support/run-cli.ts';
import { startTenant } from '../support/tenant.ts';

describe('gatehouse doctor', () => {
  beforeAll(async () => void (await openGazetteer()), buildTimeoutMs);

  it.each([
    [['doctor', '--only', 'X9'], 'There is no check X9.'],
    [['doctor', '--skip', 'A1,nothing'], 'There is no check NOTHING.'],
    [['doctor', '--unknown'], 'unknown option'],
  ])('%j is a usage error', async (args, message) => {
    const ended = await runCli(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  it('exits 78 before any check if the configuration is invalid', async () => {
    const ended = await runCli(['doctor', '--json'], { env: { PORT: 'many', AUTH0_DOMAIN: 'https://a' } });
    expect(ended.code).toBe(78);
    const { ok, faults } = JSON.parse(ended.stdout);
    expect(ok).toBe(false);
    expect(faults.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['PORT', 'AUTH0_DOMAIN']),
    );
  });

  it('starts the embedded tenant for its checks, with warnings and no failures', async () => {
    const ended = await runCli(['doctor'], { env: { TENANT_PORT: '0' } });
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(
      /^WARN {2}P3 .*\n {6}wanted .*\n {6}symptom .*\n {6}fix .*\n {6}dashboard /m,
    );
    expect(ended.stdout).toMatch(/^0 failures, 2 warnings, \d+ passed\.$/m);
    expect(ended.stdout).not.toMatch(/^pass/m);
  });

  it('without a credential for the Management API says so, and checks the rest', async () => {
    const env = {
      AUTH0_DOMAIN: 'localhost:1',
      AUTH0_CLIENT_ID: 'web',
      AUTH0_CLIENT_SECRET: 'a secret of a test',
      AUTH0_API_AUDIENCE: 'urn:a',
    };
    const ended = await runCli(['doctor', '--json', '--skip', 'R1'], { env });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('not checked: R5 (because of R1)');
    const failing = await runCli(['doctor', '--json'], { env });
    expect(failing.code).toBe(1);
    expect(JSON.parse(failing.stdout).findings).toMatchObject([
      { id: 'R1', seen: expect.stringContaining('does not respond') },
    ]);
  });

  describe('of a tenant in another process', () => {
    async function startOther() {
      const cwd = makeFolder();
      const tenant = await startTenant(cwd);
      const credentials = async (client: string): Promise<{ client_id: string; client_secret: string }> =>
        JSON.parse(
          (await runCli(['tenant', 'credentials', client, '--json'], { cwd, env: tenant.env })).stdout,
        );
      const own = await credentials('gatehouse');
      const machine = await credentials('gatehouse-management');
      const env = {
        AUTH0_DOMAIN: tenant.ready.domain as string,
        AUTH0_CLIENT_ID: own.client_id,
        AUTH0_CLIENT_SECRET: own.client_secret,
        AUTH0_API_AUDIENCE: 'urn:worldmappers',
        AUTH0_MGMT_CLIENT_ID: machine.client_id,
        AUTH0_MGMT_CLIENT_SECRET: machine.client_secret,
        NODE_EXTRA_CA_CERTS: tenant.ready.ca_file as string,
      };
      return { tenant, cwd, env };
    }

    it('is checked over https, and prints findings as JSON', async () => {
      const { env } = await startOther();
      // The certificates of NODE_EXTRA_CA_CERTS are read when a process starts.
      const ended = await runCliProcess(['doctor', '--json', '-v', '--live'], { env });
      expect(ended).toMatchObject({ code: 0 });
      const { ok, findings, ...rest } = JSON.parse(ended.stdout);
      expect(rest).toEqual({});
      expect(ok).toBe(true);
      const members = ['id', 'status', 'seen', 'wanted', 'symptom', 'fix', 'dashboard'];
      for (const finding of findings) expect(Object.keys(finding)).toEqual(members);
      expect(findings.at(-1)).toMatchObject({ id: 'S1', status: 'pass' });
      expect(ended.stdout + ended.stderr).not.toContain(env.AUTH0_CLIENT_SECRET);
      expect(ended.stdout + ended.stderr).not.toContain(env.AUTH0_MGMT_CLIENT_SECRET);
    });

    it('is found by its port, repaired with --fix, and has no findings afterwards', async () => {
      const { tenant, cwd, env } = await startOther();
      const change = async (body: object) => {
        const answer = await fetch(`${tenant.origin}/oauth/token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: env.AUTH0_MGMT_CLIENT_ID,
            client_secret: env.AUTH0_MGMT_CLIENT_SECRET,
            audience: `https://${tenant.ready.domain}/api/v2/`,
          }),
        });
        const { access_token } = (await answer.json()) as { access_token: string };
        await fetch(`${tenant.origin}/api/v2/clients/gatehouse`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      };
      await change({ is_token_endpoint_ip_header_trusted: false });
      const broken = await runCli(['doctor'], { cwd, env: tenant.env });
      expect(broken.code).toBe(1);
      // Failures come first.
      expect(broken.stdout).toMatch(/^FAIL {2}C5 {2}not trusted\n/);
      expect(broken.stdout).toContain('fix       gatehouse doctor --fix --only C5');
      const fixed = await runCli(['doctor', '--fix', '--only', 'C5'], { cwd, env: tenant.env });
      expect(fixed).toMatchObject({ code: 0 });
      expect(fixed.stderr).toContain('fixed: update client');
      expect((await runCli(['doctor', '--only', 'c'], { cwd, env: tenant.env })).code).toBe(0);
    });
  });
});
