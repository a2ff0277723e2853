import type { AnyRoute } from '../http/proxy-route.ts';
import { createProxy, type Proxy, type ProxyOptions } from '../proxy/proxy.ts';
import { ownRoutes } from './own-routes.ts';
import { type ProxiedRoutesDeps, proxiedRoutes } from './routes-file/proxied-routes.ts';
import type { AddedRoutes } from './routes-file/read-routes.ts';

export interface ResourceRowsOptions extends ProxyOptions, Omit<ProxiedRoutesDeps, 'createServe'> {
  /** What the operator adds to our own routes; nothing where absent. */
  readonly routes: AddedRoutes | undefined;
}

export interface ResourceRows extends Pick<Proxy, 'endStreams' | 'close'> {
  readonly rows: readonly AnyRoute[];
}

/** All that bearers and sessions come for: our own rows, the operator's, and those that upstreams answer. */
export function createResourceRows(options: ResourceRowsOptions): ResourceRows {
  const { local, proxied } = options.routes ?? { local: [], proxied: [] };
  const { createServe, endStreams, close } = createProxy(options);
  return {
    rows: [...ownRoutes(), ...local, ...proxiedRoutes(proxied, { ...options, createServe })],
    endStreams,
    close,
  };
}
