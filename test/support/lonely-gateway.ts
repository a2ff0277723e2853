import type { TenantLink } from '../../src/deps.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from './gateway.ts';

/** A link to a tenant that nobody can reach: nothing listens on port 1. */
export const unreachableTenant: TenantLink = {
  issuer: 'https://tenant.example/',
  baseUrl: 'http://127.0.0.1:1',
  clientId: 'some-client',
  credential: { secret: 'some-secret' },
};

/** A gateway whose tenant cannot be reached: for what needs no tenant. */
export const startLonelyGateway = (env: Readonly<Record<string, string>> = {}): Promise<GatewayUnderTest> =>
  startGatewayUnderTest(env, unreachableTenant);
