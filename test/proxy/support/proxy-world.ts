import path from 'node:path';
import { createTravelClock, type TravelClock } from '../../../src/lib/clock.ts';
import { startKeyServer } from '../../bearer/support/key-server.ts';
import { clientId, goodClaims, issuer, makeRsaKey, makeToken } from '../../bearer/support/signer.ts';
import { makeFolder } from '../../support/folder.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../support/gateway.ts';

const key = makeRsaKey('k1');

/** An access token for the gateway's API with the given claims. */
export const makeBearer = (claims: Readonly<Record<string, unknown>> = {}): string =>
  makeToken(key, goodClaims({ aud: 'urn:worldmappers', scope: 'read:things', ...claims }));

export const bearerHeader = (claims?: Readonly<Record<string, unknown>>) => ({
  authorization: `Bearer ${makeBearer(claims)}`,
});

export interface ProxyWorld extends GatewayUnderTest {
  readonly port: number;
  readonly clock: TravelClock;
}

/** A gateway with a routes file and a tenant that only has keys. */
export async function startProxyWorld(
  rows: readonly Readonly<Record<string, unknown>>[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProxyWorld> {
  const file = path.join(makeFolder({ 'routes.json': JSON.stringify({ routes: rows }) }), 'routes.json');
  const tenant = await startKeyServer(issuer, [key.jwk]);
  const link = { issuer, baseUrl: tenant.url, clientId, credential: { secret: 'a-secret-of-the-tests' } };
  const clock = createTravelClock();
  const under = await startGatewayUnderTest({ ROUTES_FILE: file, ...env }, link, clock);
  return {
    ...under,
    port: under.gateway.port,
    clock,
    async close() {
      await under.close();
      await tenant.close();
    },
  };
}
