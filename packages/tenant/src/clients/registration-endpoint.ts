import type { TenantContext } from '../context.ts';
import { requireRate } from '../limits/require-rate.ts';
import type { Client } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { parseRegistration } from './parse-registration.ts';
import { registerClient } from './register-client.ts';

/** POST /oidc/register (RFC 7591): public if the tenant's flag is on, otherwise 404 `endpoint_disabled`. */
export const registrationEndpoint = (context: TenantContext): Endpoint => {
  const isOn = () => context.state.settings.get()?.flags.enable_dynamic_client_registration === true;
  return {
    method: 'POST',
    path: '/oidc/register',
    listedAs: 'registration_endpoint',
    isListed: isOn,
    handle({ body, ip, headers }) {
      if (!isOn())
        throw oauthError(404, 'endpoint_disabled', 'Dynamic client registration is not enabled', {
          hint: 'registration_disabled',
        });
      const rate = requireRate(context, 'registration', 'tenant');
      const client = registerClient(context, parseRegistration(body));
      context.log.record({
        type: 'sapi',
        description: 'Dynamic client registration',
        client_id: client.client_id,
        client_name: client.name,
        ip,
        user_agent: headers['user-agent'],
      });
      return { status: 201, body: toReply(client), headers: { ...rate, 'cache-control': 'no-store' } };
    },
  };
};

const toReply = (client: Client): object => ({
  client_name: client.name,
  client_id: client.client_id,
  ...(client.token_endpoint_auth_method !== 'none' && { client_secret: client.client_secret }),
  redirect_uris: client.callbacks,
  client_secret_expires_at: 0,
  grant_types: client.grant_types,
  response_types: ['code'],
  token_endpoint_auth_method: client.token_endpoint_auth_method,
});
