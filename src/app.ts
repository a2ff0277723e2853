import express, { type Express } from 'express';
import { type AccountDeps, accountRoutes } from './auth/auth-routes.ts';
import {
  type ClientTokenRouteDeps,
  clientTokenRoutes,
} from './auth/client-credentials/client-token-routes.ts';
import { landingRoutes } from './auth/redirect/landing-routes.ts';
import { resourceMetadataRoutes } from './bearer/resource-metadata-routes.ts';
import { createDispatch } from './http/dispatch.ts';
import { createEdge, type EdgeOptions } from './http/edge.ts';
import { createErrorHandler, type ErrorHandlerOptions } from './http/error-handler.ts';
import { healthRoutes, type ReadinessCheck } from './http/health-routes.ts';
import { problemRoutes } from './http/problem-routes.ts';
import type { AnyRoute } from './http/proxy-route.ts';
import type { Route } from './http/route.ts';
import type { RowOptions } from './http/row.ts';
import { docsRoutes } from './openapi/docs-routes.ts';

export interface RowDeps {
  readonly password: readonly Route[];
  readonly passwordless: readonly Route[];
  readonly mfa: readonly Route[];
  readonly account: AccountDeps;
  readonly profile: readonly Route[];
  readonly login: readonly Route[];
  readonly clientToken: ClientTokenRouteDeps;
  /** The resource routes: what bearers and sessions come for. */
  readonly resources: readonly AnyRoute[];
  readonly readiness: readonly ReadinessCheck[];
  readonly publicUrl: string;
  readonly issuer: string;
  readonly version: string;
}

export interface AppDeps extends RowDeps {
  readonly edge: Omit<EdgeOptions, 'findRow'>;
  readonly dispatch: RowOptions;
  readonly errors: ErrorHandlerOptions;
}

/** Whether a row answers at `/` itself. */
const isFrontend = ({ path }: AnyRoute): boolean => path === '/' || path === '/*';

/** Every row that the gateway serves, in the order of the API document. */
export function toRows(deps: RowDeps): AnyRoute[] {
  const { publicUrl, issuer, version } = deps;
  const rows: AnyRoute[] = [
    ...deps.password,
    ...deps.passwordless,
    ...deps.mfa,
    ...accountRoutes(deps.account),
    ...deps.profile,
    ...deps.login,
    ...clientTokenRoutes(deps.clientToken),
    ...deps.resources,
    ...(deps.resources.some(isFrontend) ? [] : landingRoutes()),
    ...resourceMetadataRoutes(deps.resources, publicUrl, issuer),
    ...healthRoutes(deps.readiness),
    ...problemRoutes(),
    ...docsRoutes(() => ({ rows, version, publicUrl, issuer })),
  ];
  return rows;
}

/** An Express app without what our rows do not use, which would still cost every request. */
export function createApp(): Express {
  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  return app;
}

/** Puts the gateway onto its app: the edge, the rows, the errors. */
export function mountApp(app: Express, deps: AppDeps): void {
  const { findRow, serve } = createDispatch(toRows(deps), deps.dispatch);
  app.use(createEdge({ ...deps.edge, findRow }));
  app.use(serve);
  app.use(createErrorHandler(deps.errors));
}
