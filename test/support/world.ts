import type { Tenant } from '#tenant';
import { contextOf } from '../../packages/tenant/test/support/context-of.ts';
import { quickOptions } from '../../packages/tenant/test/support/quick-tenant.ts';
import type { TenantLink } from '../../src/deps.ts';
import { startEmbeddedTenant } from '../../src/embedded/embedded-tenant.ts';
import { toFollowing } from '../../src/embedded/follow-gateway.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import type { Tracing } from '../../src/observe/tracing.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway.ts';

export interface World extends GatewayUnderTest {
  readonly tenant: Tenant;
  /** The internals of the tenant, which its public interface does not expose. */
  readonly tenantContext: ReturnType<typeof contextOf>;
  readonly clock: TravelClock;
  /** The connection settings for another gateway of the same tenant. */
  readonly link: TenantLink;
}

/** The allowed redirect origins of a sign-in, as the program sets them for its tenant. */
const toRedirectOrigins = ({ ALLOWED_ORIGINS = '' }: Readonly<Record<string, string>>): string[] => [
  ...ALLOWED_ORIGINS.split(',').filter(Boolean),
  'http://localhost:*',
];

/** A gateway and its embedded tenant in this process, without files. */
export async function startWorld(
  env: Readonly<Record<string, string>> = {},
  seedFile?: string,
  tracing?: Tracing,
): Promise<World> {
  const clock = createTravelClock();
  const tenant = await startEmbeddedTenant(
    {
      host: '127.0.0.1',
      port: 0,
      domain: 'localhost',
      scheme: 'https',
      dataFile: ':memory:',
      allowRemote: false,
      ...(seedFile && { seedFile }),
    },
    {
      ...(await quickOptions()),
      clock,
      redirectOrigins: { gatehouse: toRedirectOrigins(env) },
      warn: () => undefined,
    },
  );
  const { client_id: clientId, client_secret: secret } = tenant.credentials('gatehouse') ?? {};
  if (clientId === undefined || secret === undefined) throw new Error('no client');
  const machine = tenant.credentials('gatehouse-management');
  if (machine?.client_secret === undefined) throw new Error('no client for management');
  const link = {
    issuer: tenant.issuer,
    baseUrl: `https://${tenant.domain}`,
    browserOrigin: tenant.origin,
    consoleUrl: `${tenant.origin}/`,
    clientId,
    credential: { secret },
    management: {
      issuer: tenant.issuer,
      baseUrl: `https://${tenant.domain}`,
      clientId: machine.client_id,
      clientSecret: machine.client_secret,
    },
  };
  const under = await startGatewayUnderTest(env, link, clock, tracing);
  tenant.changeClientUrls(clientId, (urls) => toFollowing(urls, under.gateway.publicUrl));
  return {
    ...under,
    tenant,
    tenantContext: contextOf(tenant),
    clock,
    link,
    async close() {
      await under.close();
      await tenant.close();
    },
  };
}
