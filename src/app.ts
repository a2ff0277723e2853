import express, { type Express } from 'express';
import { resourceMetadataRoutes } from './bearer/resource-metadata-routes.ts';
import { createDispatch } from './http/dispatch.ts';
import { createEdge, type EdgeOptions } from './http/edge.ts';
import { createErrorHandler, type ErrorHandlerOptions } from './http/error-handler.ts';
import { type HealthDeps, healthRoutes } from './http/health-routes.ts';
import { problemRoutes } from './http/problem-routes.ts';
import type { AnyRoute } from './http/proxy-route.ts';
import type { Route } from './http/route.ts';
import type { RowOptions } from './http/row.ts';
import { docsRoutes } from './openapi/docs-routes.ts';

export interface RowDeps {
  /** The routes below `/v1/auth` and the token endpoint. */
  readonly auth: readonly Route[];
  /** What administrators do below `/v1/admin`. */
  readonly admin: readonly Route[];
  /** `GET /` and the icon, unless a resource route answers there. */
  readonly landing: readonly Route[];
  /** The resource routes. */
  readonly resources: readonly AnyRoute[];
  readonly health: HealthDeps;
  readonly publicUrl: string;
  /** Whether answers include advice for the operator. */
  readonly isForOperator: boolean;
  readonly issuer: string;
  readonly version: string;
}

export interface AppDeps extends RowDeps {
  readonly edge: Omit<EdgeOptions, 'findRow'>;
  readonly dispatch: RowOptions;
  readonly errors: Omit<ErrorHandlerOptions, 'isForOperator'>;
}

/** Those of our rows whose paths no resource route takes: it may be a whole frontend, at `/*`. */
const withoutTaken = (own: readonly Route[], resources: readonly AnyRoute[]): Route[] =>
  own.filter((row) => !resources.some(({ path }) => path === row.path || path === '/*'));

/** Every row that the gateway serves, in the order of the API document. */
export function toRows(deps: RowDeps): AnyRoute[] {
  const { publicUrl, issuer, version } = deps;
  const rows: AnyRoute[] = [
    ...deps.auth,
    ...deps.admin,
    ...deps.resources,
    ...withoutTaken(deps.landing, deps.resources),
    ...resourceMetadataRoutes(deps.resources, publicUrl, issuer),
    ...healthRoutes(deps.health),
    ...problemRoutes(deps.isForOperator),
    ...docsRoutes(() => ({ rows, version, publicUrl, issuer })),
  ];
  return rows;
}

/** Creates an Express app without the features that rows do not use and that would cost time per request. */
export function createApp(): Express {
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  return app;
}

/** The routes of an app that runs. */
export interface MountedApp {
  /**
   * Replaces the resource routes. Requests under way keep the row that they were given.
   * @throws Error where two rows claim one path and method; nothing has changed then
   */
  readonly replaceResources: (resources: readonly AnyRoute[]) => void;
}

/** Mounts the gateway on its app: edge, rows and error handler. */
export function mountApp(app: Express, deps: AppDeps): MountedApp {
  let dispatch = createDispatch(toRows(deps), deps.dispatch);
  app.use(createEdge({ ...deps.edge, findRow: (exchange, method) => dispatch.findRow(exchange, method) }));
  // The row of the exchange is served, whichever version of the table it is from.
  app.use(dispatch.serve);
  app.use(createErrorHandler({ ...deps.errors, isForOperator: deps.isForOperator }));
  return {
    replaceResources(resources) {
      dispatch = createDispatch(toRows({ ...deps, resources }), deps.dispatch);
    },
  };
}
