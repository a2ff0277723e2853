import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePorts } from '../support/free-ports.ts';
import { startWorld, type World } from '../support/world.ts';

type Get = (
  path: string,
  query: Record<string, string>,
) => Promise<{ features: { properties: { name: string } }[] }>;

describe('Gift Deliveries, a machine client', () => {
  let world: World;
  let get: Get;
  beforeAll(async () => {
    world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
    const { createApi } = await import(path.resolve('examples/gift-deliveries/api.js'));
    const { client_id: clientId, client_secret: clientSecret } =
      world.tenant.credentials('gift-deliveries') ?? {};
    get = createApi({ gatewayUrl: world.url, clientId, clientSecret });
  });
  afterAll(() => world.close());

  const tokensAsked = (): number =>
    world.lines.filter(({ msg, route }) => msg === 'request' && route === '/v1/oauth/token').length;
  const find = async (q: string): Promise<string | undefined> =>
    (await get('/api/location/geocode', { q })).features[0]?.properties.name;

  it('requests one token for parallel calls', async () => {
    expect(await Promise.all(['Oslo', 'Bergen', 'Redmond, WA'].map(find))).toEqual([
      'Oslo',
      'Bergen',
      'Redmond',
    ]);
    expect(await find('Paris')).toBe('Paris');
    expect(tokensAsked()).toBe(1);
  });

  it('replaces a token that has expired, once for all calls, and repeats them', async () => {
    const before = tokensAsked();
    world.clock.offsetS += 90_000;
    expect(await Promise.all(['Oslo', 'Bergen'].map(find))).toEqual(['Oslo', 'Bergen']);
    expect(tokensAsked()).toBe(before + 1);
  });

  it('prints the reason of a refused call', async () => {
    await expect(get('/api/location/geocode', { q: '' })).rejects.toThrow(/400 .*\(validation_failed\)/);
  });

  const run = (env: Record<string, string>): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, ['scripts/gift-deliveries.ts'], {
      env: {
        TENANT_PORT: new URL(world.tenant.origin).port,
        PUBLIC_URL: world.gateway.publicUrl,
        ...env,
      },
    });

  it('prints the route, with the credentials of the embedded tenant', async () => {
    const { stdout } = await run({});
    const [first, second, ...steps] = stdout.trimEnd().split('\n');
    expect(first).toMatch(/^From Redmond, Washington, .* to Seattle, Washington/);
    expect(second).toMatch(/^\d+\.\d km, time unknown \(straight-line\)$/);
    expect(steps[0]).toMatch(/^1\. /);
    expect(steps.at(-1)).toBe('Data: GeoNames (CC BY 4.0)');
  });

  it('prints the problem if there is no response, or if the credentials are unknown', async () => {
    await expect(run({ TENANT_PORT: '1' })).rejects.toThrow(/No embedded tenant .* set CLIENT_ID/);
    const wrong = { CLIENT_ID: 'gift-deliveries', CLIENT_SECRET: 'wrong' };
    await expect(run(wrong)).rejects.toThrow(/No delivery: no token/);
    // Not port 1, which fetch refuses itself.
    const away = `http://127.0.0.1:${await findFreePorts(1)}`;
    await expect(run({ ...wrong, PUBLIC_URL: away })).rejects.toThrow(
      `No delivery: nothing answers at ${away}`,
    );
  });
});
