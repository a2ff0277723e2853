import { WEBAUTHN_GRANT } from '../passkeys/passkey-connection.ts';
import { DEVICE_GRANT } from '../tokens/device-codes.ts';
import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import { deviceCode } from './device-code.ts';
import type { Grant } from './grant.ts';
import { mfaOob, mfaOtp, mfaRecoveryCode } from './mfa-grants.ts';
import { password, passwordRealm } from './password.ts';
import { passwordlessOtp } from './passwordless-otp.ts';
import { refreshToken } from './refresh-token.ts';
import { tokenExchange } from './token-exchange.ts';
import { webauthn } from './webauthn.ts';

/** The grant types of /oauth/token. */
export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', authorizationCode],
  ['client_credentials', clientCredentials],
  ['password', password],
  ['http://auth0.com/oauth/grant-type/password-realm', passwordRealm],
  ['refresh_token', refreshToken],
  [DEVICE_GRANT, deviceCode],
  ['http://auth0.com/oauth/grant-type/passwordless/otp', passwordlessOtp],
  ['http://auth0.com/oauth/grant-type/mfa-otp', mfaOtp],
  ['http://auth0.com/oauth/grant-type/mfa-oob', mfaOob],
  ['http://auth0.com/oauth/grant-type/mfa-recovery-code', mfaRecoveryCode],
  ['urn:ietf:params:oauth:grant-type:token-exchange', tokenExchange],
  [WEBAUTHN_GRANT, webauthn],
]);
