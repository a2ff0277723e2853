import { toScopesOfRows } from '../bearer/resource-metadata-routes.ts';
import type { AnyRoute } from '../http/proxy-route.ts';
import { createProxy, type Proxy, type ProxyOptions } from '../proxy/proxy.ts';
import { createEngines, type EngineOptions } from './engines.ts';
import { ownRoutes } from './own-routes.ts';
import { type ProxiedRoutesDeps, proxiedRoutes } from './routes-file/proxied-routes.ts';
import type { AddedRoutes } from './routes-file/read-routes.ts';

/** Of all requests under way, how many may be at one upstream: a slow one leaves room for the others. */
const UPSTREAM_SHARE = 0.25;
const MIN_PLACES = 250;

export interface ResourcesOptions
  extends Omit<ProxyOptions, 'maxParallel'>,
    Omit<ProxiedRoutesDeps, 'createServe'>,
    EngineOptions {
  /** Requests at work at once, all together. */
  readonly maxInFlight: number;
  /** What the operator adds to our own routes; nothing where absent. */
  readonly routes?: AddedRoutes;
}

export interface Resources extends Pick<Proxy, 'breakers' | 'endStreams' | 'close'> {
  readonly rows: readonly AnyRoute[];
  /** Scopes that the rows of an audience require. */
  readonly scopesOf: (audience: string) => readonly string[];
}

/** All that bearers and sessions come for: our own rows, the operator's, and those that upstreams answer. */
export function assembleResources(options: ResourcesOptions): Resources {
  const { local, proxied } = options.routes ?? { local: [], proxied: [] };
  const maxParallel = Math.max(MIN_PLACES, Math.floor(options.maxInFlight * UPSTREAM_SHARE));
  const { createServe, breakers, endStreams, close } = createProxy({ ...options, maxParallel });
  const engines = createEngines(options);
  const rows = [...ownRoutes(engines), ...local, ...proxiedRoutes(proxied, { ...options, createServe })];
  return {
    rows,
    scopesOf: (audience) =>
      toScopesOfRows(rows.filter((row) => (row.audience ?? options.defaultAudience) === audience)),
    breakers: () => [...breakers(), ...engines.breakers()],
    endStreams,
    close: async () => {
      await Promise.all([close(), engines.close()]);
    },
  };
}
