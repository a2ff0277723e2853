import { browserEndpoints } from '../authorize/browser-endpoints.ts';
import type { TenantContext } from '../context.ts';
import { associateEndpoint } from '../mfa/associate-endpoint.ts';
import { authenticatorEndpoints } from '../mfa/authenticator-endpoints.ts';
import { challengeEndpoint } from '../mfa/challenge-endpoint.ts';
import { mfaPageEndpoints } from '../mfa/mfa-page-endpoints.ts';
import { pushEndpoints } from '../mfa/push-endpoints.ts';
import { pageEndpoints } from '../pages/page-endpoints.ts';
import { passwordlessPageEndpoints } from '../passwordless/passwordless-page-endpoints.ts';
import { startEndpoint } from '../passwordless/start-endpoint.ts';
import { verifyRedirectEndpoint } from '../passwordless/verify-redirect-endpoint.ts';
import { changePasswordEndpoint } from './change-password-endpoint.ts';
import { discoveryEndpoints, jwksEndpoint } from './discovery-endpoints.ts';
import type { Endpoint } from './endpoint.ts';
import { registrationEndpoint } from './registration-endpoint.ts';
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
    ...mfaPageEndpoints(context),
    ...passwordlessPageEndpoints(context),
    verifyRedirectEndpoint(context),
    ...pageEndpoints(context),
    ...browserEndpoints(context),
    registrationEndpoint(context),
    jwksEndpoint(context),
  ];
  return [...served, ...discoveryEndpoints(context, served)];
}
