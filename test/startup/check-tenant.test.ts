import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTenantProbe } from '../../src/auth0/tenant-probe.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { checkTenant } from '../../src/startup/check-tenant.ts';
import { type ExaminedTenant, startExaminedTenant } from '../cli/doctor/support/examined-tenant.ts';
import { eventually } from '../support/eventually.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { startWorld } from '../support/world.ts';

const publicUrl = 'http://localhost:3000';
const right = { apiAudience: 'urn:worldmappers', connection: 'Username-Password-Authentication' };

describe('the check of the tenant when a gateway starts', () => {
  let t: ExaminedTenant;
  beforeAll(async () => {
    t = await startExaminedTenant();
  });
  afterEach(() => t.restore());
  afterAll(() => t.close());

  interface Given {
    readonly secret?: string;
    readonly baseUrl?: string;
    readonly publicUrl?: string;
    readonly apiAudience?: string;
    readonly connection?: string;
  }

  /** The logged errors, and other entries. */
  async function look(given: Given = {}) {
    const errors: Record<string, unknown>[] = [];
    const quiet: string[] = [];
    const { secret, baseUrl, publicUrl: url = publicUrl, ...auth0 } = given;
    await checkTenant({
      probe: createTenantProbe({
        ...t.link,
        ...(baseUrl !== undefined && { baseUrl }),
        ...(secret !== undefined && { credential: { secret } }),
        clock: systemClock,
      }),
      // The check reads only these members.
      config: { auth0: { ...right, ...auth0 } } as Parameters<typeof checkTenant>[0]['config'],
      publicUrl: url,
      log: {
        error: (fields: object, message?: string) => void errors.push({ ...fields, message }),
        debug: (_fields: object, message?: string) => void quiet.push(message ?? ''),
      } as Parameters<typeof checkTenant>[0]['log'],
    });
    return { errors, quiet };
  }

  it('logs nothing if all settings are correct', async () => {
    expect(await look()).toEqual({ errors: [], quiet: [] });
  });

  it.each([
    [{ secret: 'another' }, 'AUTH0_CLIENT_SECRET', 'C8'],
    [{ apiAudience: 'urn:nothing' }, 'AUTH0_API_AUDIENCE', 'A1'],
    [{ connection: 'nothing' }, 'AUTH0_CONNECTION', 'N2'],
    [{ publicUrl: 'https://elsewhere.example' }, 'AUTH0_CLIENT_ID', 'C6'],
  ])('with %j logs one line with the variable %s and the check %s', async (given, variable, check) => {
    const { errors } = await look(given);
    expect(errors).toEqual([
      {
        variable,
        check,
        message: expect.stringMatching(new RegExp(`^${variable} .* \\(gatehouse doctor: ${check}\\)$`)),
      },
    ]);
    expect(JSON.stringify(errors)).not.toContain('another');
  });

  it('causes no failed sign-in and creates no user', async () => {
    const users = t.state.users.list().length;
    await look();
    expect(t.state.users.list()).toHaveLength(users);
    expect(t.state.logs.list().map(({ type }) => type)).not.toContain('fepft');
    expect(t.state.loginFailures.list()).toEqual([]);
  });

  it.each([
    ['does not answer', async () => ({ baseUrl: 'https://127.0.0.1:1' })],
    [
      'answers nonsense',
      async () => {
        await t.control('PUT', '/faults', [
          { method: 'POST', path: '^/oauth/token', status: 500, body: 'x', times: 9 },
        ]);
        return {};
      },
    ],
  ])('a tenant that %s is not reported as a fault of a setting', async (_name, given) => {
    const { errors, quiet } = await look(await given());
    expect(errors).toEqual([]);
    expect(quiet).toEqual(['the settings of the tenant could not be checked']);
  });
});

it('a gateway with a wrong secret starts, works, and reports it in its log', async () => {
  const world = await startWorld();
  try {
    const gateway = await startGatewayProcess(world, { AUTH0_CLIENT_SECRET: 'a wrong secret of a test' });
    const findLine = () => gateway.lines.find((line) => line.includes('gatehouse doctor: C8'));
    await eventually(findLine).toBeDefined();
    expect(JSON.parse(findLine() ?? '')).toMatchObject({ level: 'error', variable: 'AUTH0_CLIENT_SECRET' });
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    await gateway.kill();
  } finally {
    await world.close();
  }
});
