import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Config } from '../config/config.ts';
import type { TenantLink } from '../deps.ts';
import type { TravelClock } from '../lib/clock.ts';
import { toIssuer } from '../lib/tenant-url.ts';
import type { Logger } from '../observe/logger.ts';
import { startEmbeddedTenant } from './embedded-tenant.ts';
import { toFollowing } from './follow-gateway.ts';

export interface ConnectedTenant {
  readonly link: TenantLink;
  /** Called with the gateway's URL once it listens. */
  readonly follow: (publicUrl: string) => void;
  readonly close: () => Promise<void>;
}

/** Starts the embedded tenant, or returns the connection settings of the remote one. */
export async function connectTenant(
  config: Config,
  clock: TravelClock,
  log: Logger,
): Promise<ConnectedTenant> {
  const { tenant } = config.auth0;
  if (tenant.kind === 'remote') {
    const credential =
      tenant.clientSecret === undefined
        ? { assertionKeyPem: tenant.clientAssertionKey }
        : { secret: tenant.clientSecret };
    const { management: client } = tenant;
    const management = client && { ...client, issuer: toIssuer(client.domain) };
    const url = new URL(tenant.baseUrl);
    return {
      link: {
        ...tenant,
        credential,
        management,
        // A tenant of a demo, which is called by http: browsers do not trust its certificate either.
        ...(url.host === new URL(tenant.issuer).host && { browserOrigin: url.origin }),
      },
      follow: () => {},
      close: () => Promise.resolve(),
    };
  }
  const embedded = await startEmbeddedTenant(tenant, {
    clock,
    redirectOrigins: { [tenant.clientId ?? 'gatehouse']: originsAfterSignIn(config) },
    warn: (message) => log.warn(message),
  });
  // Trusted in this process in addition to the machine's authorities; other processes need NODE_EXTRA_CA_CERTS.
  setDefaultCACertificates([...getCACertificates('default'), embedded.caPem]);
  const own = embedded.credentials('gatehouse');
  const clientId = tenant.clientId ?? own?.client_id;
  const secret = tenant.clientSecret ?? own?.client_secret;
  if (clientId === undefined || secret === undefined)
    throw new Error('the embedded tenant has no client named gatehouse');
  const machine = embedded.credentials('gatehouse-management');
  const { issuer } = embedded;
  // By `localhost`, since not every system resolves names below it. The port serves both schemes.
  const baseUrl = `${tenant.scheme}://localhost:${embedded.port}`;
  const management =
    machine?.client_secret === undefined
      ? undefined
      : { issuer, baseUrl, clientId: machine.client_id, clientSecret: machine.client_secret };
  const link = {
    issuer,
    baseUrl,
    // Browsers do not trust the tenant's certificate.
    browserOrigin: embedded.origin,
    consoleUrl: `${embedded.origin}/`,
    clientId,
    credential: { secret },
    management,
  };
  return {
    link,
    follow: (publicUrl) => embedded.changeClientUrls(clientId, (urls) => toFollowing(urls, publicUrl)),
    close: () => embedded.close(),
  };
}

/** The origins to which a sign-in may return, for the CSP of the tenant's pages. */
const originsAfterSignIn = (config: Config): string[] => [
  config.publicUrl,
  ...config.allowedOrigins,
  ...(config.allowLocalhostOrigins ? ['http://localhost:*'] : []),
];
