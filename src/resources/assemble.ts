import { toScopesOfRows } from '../bearer/resource-metadata-routes.ts';
import type { AnyRoute } from '../http/proxy-route.ts';
import { createProxy, type Proxy, type ProxyOptions } from '../proxy/proxy.ts';
import { createEngines, type EngineOptions } from './engines.ts';
import { ownRoutes } from './own-routes.ts';
import { createProxiedRoutes, type ProxiedRoutesDeps } from './routes-file/proxied-routes.ts';
import type { AddedRoutes } from './routes-file/read-routes.ts';
import type { RoutesFileRow } from './routes-file/routes-file-schema.ts';

/** Maximum share of the requests in flight at one upstream, so that a slow one does not block the others. */
const UPSTREAM_SHARE = 0.25;
const MIN_PLACES = 250;

export interface ResourcesOptions
  extends Omit<ProxyOptions, 'maxParallel'>,
    Omit<ProxiedRoutesDeps, 'createServe'>,
    EngineOptions {
  /** Maximum number of requests in flight. */
  readonly maxInFlight: number;
  /** The operator's routes. Default: none. */
  readonly routes?: AddedRoutes;
}

export interface Resources extends Pick<Proxy, 'breakers' | 'endStreams' | 'close'> {
  readonly rows: readonly AnyRoute[];
  /**
   * Replaces the rows of the routes file. `install` receives all rows; if it throws, nothing changes. Open streams of
   * removed or changed rows end within a second.
   */
  readonly replaceProxied: (
    proxied: readonly RoutesFileRow[],
    install: (rows: readonly AnyRoute[]) => void,
  ) => void;
  /** Scopes that the rows of an audience require; the same array until the rows change. */
  readonly scopesOf: (audience: string) => readonly string[];
}

/** Assembles the resource routes: the gateway's own, those of an operator's module, and those of upstreams. */
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
