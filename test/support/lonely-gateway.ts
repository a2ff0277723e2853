import type { TenantLink } from '../../src/deps.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway.ts';

/** A link to an unreachable tenant: nothing listens on port 1. */
export const unreachableTenant: TenantLink = {
  issuer: 'https://tenant.example/',
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'some-client',
  credential: { secret: 'some-secret' },
};

/** A gateway with an unreachable tenant, for tests without one. */
export const startLonelyGateway = (env: Readonly<Record<string, string>> = {}): Promise<GatewayUnderTest> =>
  startGatewayUnderTest(env, unreachableTenant);
