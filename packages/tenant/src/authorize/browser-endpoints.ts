import type { TenantContext } from '../context.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { authorizeEndpoint } from './authorize-endpoint.ts';
import { consentEndpoints } from './consent-endpoints.ts';
import { loginEndpoints } from './login-endpoints.ts';
import { logoutEndpoints } from './logout-endpoints.ts';
import { parEndpoint } from './par-endpoint.ts';
import { signupPageEndpoints } from './signup-endpoints.ts';
import { simulatorEndpoints } from './simulator-endpoints.ts';

/** Signing in and out by browser. */
export const browserEndpoints = (context: TenantContext): Endpoint[] => [
  authorizeEndpoint(context),
  parEndpoint(context),
  ...loginEndpoints(context),
  ...signupPageEndpoints(context),
  ...simulatorEndpoints(context),
  ...consentEndpoints(context),
  ...logoutEndpoints(context),
];
