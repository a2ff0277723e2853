import { authorizeEndpoint } from './authorize/authorize-endpoint.ts';
import { consentEndpoints } from './authorize/consent-endpoints.ts';
import { continueEndpoints } from './authorize/continue-endpoints.ts';
import { loginEndpoints } from './authorize/login-endpoints.ts';
import { logoutEndpoints } from './authorize/logout-endpoints.ts';
import { organizationEndpoints } from './authorize/organization-endpoints.ts';
import { parEndpoint } from './authorize/par-endpoint.ts';
import { signupPageEndpoints } from './authorize/signup-endpoints.ts';
import { simulatorEndpoints } from './authorize/simulator-endpoints.ts';
import { registrationEndpoint } from './clients/registration-endpoint.ts';
import type { TenantContext } from './context.ts';
import { activateEndpoints } from './device-flow/activate-endpoints.ts';
import { deviceCodeEndpoint } from './device-flow/device-code-endpoint.ts';
import { certificateEndpoints, discoveryEndpoints, jwksEndpoint } from './discovery-endpoints.ts';
import { tokenEndpoint } from './grants/token-endpoint.ts';
import { mailLinkEndpoints } from './mail-links/mail-link-endpoints.ts';
import { resetPasswordEndpoints } from './mail-links/reset-password-endpoints.ts';
import { resetRequestEndpoints } from './mail-links/reset-request-endpoints.ts';
import { associateEndpoint } from './mfa/associate-endpoint.ts';
import { authenticatorEndpoints } from './mfa/authenticator-endpoints.ts';
import { challengeEndpoint } from './mfa/challenge-endpoint.ts';
import { mfaPageEndpoints } from './mfa/mfa-page-endpoints.ts';
import { pushEndpoints } from './mfa/push-endpoints.ts';
import { faviconEndpoint, stylesheetEndpoint } from './pages/static-files.ts';
import { passkeyEndpoints } from './passkeys/passkey-endpoints.ts';
import { passkeyPageEndpoints } from './passkeys/passkey-page-endpoints.ts';
import { passwordlessPageEndpoints } from './passwordless/passwordless-page-endpoints.ts';
import { startEndpoint } from './passwordless/start-endpoint.ts';
import { verifyRedirectEndpoint } from './passwordless/verify-redirect-endpoint.ts';
import { revokeEndpoint } from './tokens/revoke-endpoint.ts';
import { userinfoEndpoints } from './tokens/userinfo-endpoint.ts';
import { changePasswordEndpoint } from './users/change-password-endpoint.ts';
import { signupEndpoint } from './users/signup-endpoint.ts';
import type { Endpoint } from './wire/row.ts';
import { unservedEndpoints } from './wire/unserved-endpoints.ts';

/** The rows of the Authentication API. */
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
    stylesheetEndpoint,
    faviconEndpoint,
    ...resetPasswordEndpoints(context),
    ...resetRequestEndpoints(context),
    ...mailLinkEndpoints(context),
    authorizeEndpoint(context),
    parEndpoint(context),
    ...loginEndpoints(context),
    ...signupPageEndpoints(context),
    ...simulatorEndpoints(context),
    ...organizationEndpoints(context),
    ...consentEndpoints(context),
    ...continueEndpoints(context),
    deviceCodeEndpoint(context),
    ...activateEndpoints(context),
    ...passkeyEndpoints(context),
    ...passkeyPageEndpoints(context),
    ...logoutEndpoints(context),
    registrationEndpoint(context),
    jwksEndpoint(context),
    ...certificateEndpoints(context),
  ];
  return [...served, ...discoveryEndpoints(context, served), ...unservedEndpoints()];
}
