import { toScopesOfRows } from '../bearer/resource-metadata-routes.ts';
import type { AnyRoute } from '../http/proxy-route.ts';
import { createProxy, type Proxy, type ProxyOptions } from '../proxy/proxy.ts';
import { createEngines, type EngineOptions } from './engines.ts';
import { ownRoutes } from './own-routes.ts';
import { createProxiedRoutes, type ProxiedRoutesDeps } from './routes-file/proxied-routes.ts';
import type { AddedRoutes } from './routes-file/read-routes.ts';
import type { RoutesFileRow } from './routes-file/routes-file-schema.ts';

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
  /**
   * Replaces the rows of the routes file. `install` gets all rows; where it throws, nothing has changed. Open streams of rows that
   * are removed or changed end within a second.
   */
  readonly replaceProxied: (
    proxied: readonly RoutesFileRow[],
    install: (rows: readonly AnyRoute[]) => void,
  ) => void;
  /** Scopes that the rows of an audience require; the same array until the rows change. */
  readonly scopesOf: (audience: string) => readonly string[];
}

/** All that bearers and sessions come for: our own rows, the operator's, and those that upstreams answer. */
export function assembleResources(options: ResourcesOptions): Resources {
  const { local, proxied } = options.routes ?? { local: [], proxied: [] };
  const maxParallel = Math.max(MIN_PLACES, Math.floor(options.maxInFlight * UPSTREAM_SHARE));
  const { createServe, breakers, endStreams, close } = createProxy({ ...options, maxParallel });
  const engines = createEngines(options);
  const stage = createProxiedRoutes({ ...options, createServe });
  const fixed = [...ownRoutes(engines), ...local];
  let rows: readonly AnyRoute[] = [];
  const scopes = new Map<string, readonly string[]>();
  function replaceProxied(
    next: readonly RoutesFileRow[],
    install: (rows: readonly AnyRoute[]) => void,
  ): void {
    const staged = stage(next);
    const all = [...fixed, ...staged.routes];
    install(all);
    rows = all;
    scopes.clear();
    staged.commit();
  }
  replaceProxied(proxied, () => undefined);

  return {
    rows,
    replaceProxied,
    scopesOf(audience) {
      let found = scopes.get(audience);
      if (!found) {
        found = toScopesOfRows(rows.filter((row) => (row.audience ?? options.defaultAudience) === audience));
        scopes.set(audience, found);
      }
      return found;
    },
    breakers: () => [...breakers(), ...engines.breakers()],
    endStreams,
    close: async () => {
      await Promise.all([close(), engines.close()]);
    },
  };
}
