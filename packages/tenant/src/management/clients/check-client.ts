import { GRANTS } from '../../grants/grants.ts';
import type { Client } from '../../state/settings-documents.ts';
import { managementError } from '../management-error.ts';

/** Auth0's grant types that this tenant's /oauth/token does not support. */
const OTHERS = [
  'implicit',
  'urn:openid:params:grant-type:ciba',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token',
];
const KNOWN = new Set([...GRANTS.keys(), ...OTHERS]);
const STRICT_GRANT_TYPES = new Set(['authorization_code', 'refresh_token', 'client_credentials']);

const badClient = (message: string) => managementError(400, message, { errorCode: 'invalid_body' });

/** Checks the rules that concern several members. Throws 400. */
export function checkClient(client: Client): void {
  const isPublic = client.token_endpoint_auth_method === 'none';
  const isStrict = client.third_party_security_mode === 'strict';
  const wrong = client.grant_types.filter(
    (type) =>
      !KNOWN.has(type) ||
      (isPublic && type === 'client_credentials') ||
      (isStrict && !STRICT_GRANT_TYPES.has(type)),
  );
  if (wrong.length > 0) throw badClient(`Invalid grant types: ${wrong.join(', ')}`);
  if (client.is_first_party && client.third_party_security_mode !== undefined)
    throw badClient('third_party_security_mode is for third-party clients only');
}
