import { browserEndpoints } from '../authorize/browser-endpoints.ts';
import type { TenantContext } from '../context.ts';
import { associateEndpoint } from '../mfa/associate-endpoint.ts';
import { authenticatorEndpoints } from '../mfa/authenticator-endpoints.ts';
import { challengeEndpoint } from '../mfa/challenge-endpoint.ts';
import { pushEndpoints } from '../mfa/push-endpoints.ts';
import { pageEndpoints } from '../pages/page-endpoints.ts';
import { startEndpoint } from '../passwordless/start-endpoint.ts';
import { changePasswordEndpoint } from './change-password-endpoint.ts';
import { discoveryEndpoint, jwksEndpoint } from './discovery-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { revokeEndpoint } from './revoke-endpoint.ts';
import { signupEndpoint } from './signup-endpoint.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import { userinfoEndpoints } from './userinfo-endpoint.ts';

/** The Authentication API, as rows. */
export function authenticationEndpoints(context: TenantContext): Endpoint[] {
  const served = [
    signupEndpoint(context),
    changePasswordEndpoint(context),
    tokenEndpoint(context),
    revokeEndpoint(context),
    ...userinfoEndpoints(context),
    associateEndpoint(context),
    challengeEndpoint(context),
    ...authenticatorEndpoints(context),
    startEndpoint(context),
    ...pushEndpoints(context),
    ...pageEndpoints(context),
    ...browserEndpoints(context),
    jwksEndpoint(context),
  ];
  return [...served, discoveryEndpoint(context, served)];
}
