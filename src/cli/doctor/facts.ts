import { toFeedScopes } from '../../auth0/feed-scopes.ts';
import type { ConfigWarning } from '../../config/settings.ts';
import type { TenantLink } from '../../deps.ts';
import type { RouteGuard } from '../../http/route.ts';
import { isLoopback } from '../../lib/address.ts';
import { defaultGazetteerFile } from '../../resources/location/geocoder.ts';
import { ownRoutes } from '../../resources/own-routes.ts';
import type { RoutesFileRow } from '../../resources/routes-file/routes-file-schema.ts';
import type { StartSources } from '../../startup/read-sources.ts';
import type { Facts, KnownRow, LiveRun } from './check.ts';
import type { TenantReads } from './tenant-reads.ts';

export interface FactsInput {
  readonly sources: StartSources;
  readonly warnings: readonly ConfigWarning[];
  readonly link: TenantLink;
  readonly reads: TenantReads;
  readonly nowMs: () => number;
  readonly gazetteerFile?: string | undefined;
  readonly neededScopes: readonly string[];
  readonly live: LiveRun | undefined;
}

type Guard = RouteGuard | RoutesFileRow['guard'];

/** The requirements of a guard: scopes and permissions. */
function toDemands(guard: Guard): Pick<KnownRow, 'isGuarded' | 'scopes' | 'permissions'> {
  if (typeof guard === 'string') return { isGuarded: false, scopes: [], permissions: [] };
  const { scopes = [], anyScope = [], scopesOrPermissions = [], permissions = [] } = guard;
  return { isGuarded: true, scopes: [...scopes, ...anyScope, ...scopesOrPermissions], permissions };
}

/** The rows of the gateway and of its routes file, with the audience of each. */
function toRows({ config, routes }: StartSources): KnownRow[] {
  const { apiAudience } = config.auth0;
  return [
    ...[...ownRoutes(), ...routes.local].map(({ guard, path, audience = apiAudience }) => ({
      ...toDemands(guard),
      path,
      audience,
      token: undefined,
    })),
    ...routes.proxied.map(({ guard, path, audience = apiAudience, token }) => ({
      ...toDemands(guard),
      path,
      audience,
      token,
    })),
  ];
}

/** Everything that checks share, of a configuration and the tenant that it names. */
export function toFacts({ sources, link, gazetteerFile, ...shared }: FactsInput): Facts {
  const { config, routes } = sources;
  const rows = toRows(sources);
  // The audience of a public row matters only if a token is sent upstream.
  const asked = rows.filter(({ isGuarded, token }) => isGuarded || (token ?? 'none') !== 'none');
  const { apiAudiences, adminAudience } = config.auth0;
  const audiences = [
    ...apiAudiences,
    ...(adminAudience === undefined ? [] : [adminAudience]),
    ...asked.map(({ audience }) => audience),
  ];
  const { hostname } = new URL(link.issuer);
  const managementIssuer = link.management?.issuer ?? link.issuer;
  return {
    ...shared,
    config,
    rows,
    publicUrl: config.publicUrl,
    upstreams: [...new Set(routes.proxied.map(({ upstream }) => upstream))],
    audiences: [...new Set(audiences)],
    clientId: link.clientId,
    usesKey: 'assertionKeyPem' in link.credential,
    issuer: link.issuer,
    managementAudience: `${managementIssuer}api/v2/`,
    isLocalTenant: isLoopback(hostname),
    feedScopes: toFeedScopes(config.revocation.feed),
    gazetteerFile: gazetteerFile ?? defaultGazetteerFile,
  };
}
