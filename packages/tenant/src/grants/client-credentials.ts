import { toEventBody } from '../actions/event-parts.ts';
import { runCredentialsExchange } from '../actions/run-credentials-exchange.ts';
import { findClientGrant, scopesOfGrant } from '../authorization/client-grants.ts';
import { parseScope } from '../authorization/scopes.ts';
import { toBinding } from '../dpop/binding.ts';
import { clientOrganization } from '../organizations/token-organization.ts';
import { makeApiToken } from '../tokens/access-token.ts';
import { customAccessClaims } from '../tokens/apply-effects.ts';
import { oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';

const denied = (
  description: string,
  hint: 'no_audience' | 'unknown_audience' | 'no_client_grant' | 'scope_not_granted',
) => oauthError(403, 'access_denied', description, { hint });

/** RFC 6749 §4.4: a client requests a token for itself, with the scopes of its client grant for the API. */
export const clientCredentials: Grant = {
  success: 'seccft',
  failure: 'feccft',
  publicClients: false,
  async exchange(context, { client, body, jkt: proven, ip, userAgent }) {
    const { state } = context;
    const requested = parseScope(body.raw('scope'));
    const audience = body.text('audience') ?? state.settings.get()?.default_audience ?? '';
    if (audience === '')
      throw denied(
        'No audience parameter was provided, and no default audience has been configured',
        'no_audience',
      );
    const [api] = state.resourceServers.find('identifier', audience);
    if (!api) throw denied(`Service not enabled within domain: ${audience}`, 'unknown_audience');
    const grant = findClientGrant(state, client, api, 'client');
    if (!grant || api.subject_type_authorization.client?.policy === 'deny_all') {
      throw denied(
        `Client is not authorized to access "${audience}". You might probably want to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`,
        'no_client_grant',
      );
    }
    const organization = clientOrganization(state, client, grant, body.text('organization'));
    const granted = scopesOfGrant(grant, api);
    const beyond = (requested ?? []).filter((scope) => !granted.includes(scope));
    if (beyond.length > 0)
      throw denied(`Client has not been granted scopes: ${beyond.join(', ')}`, 'scope_not_granted');
    const scope = requested ?? granted;
    const jkt = toBinding(client, api, proven);
    const request = { ip, userAgent, method: 'POST', body: toEventBody(body) };
    const effects = await runCredentialsExchange(context, { client, api, scope, request });
    const { token, tokenType, expiresInS } = await makeApiToken(context, api, {
      subject: `${client.client_id}@clients`,
      clientId: client.client_id,
      scope,
      gty: 'client-credentials',
      permissions: scope,
      organization,
      custom: customAccessClaims(effects, api),
      jkt,
    });
    const scopeText = scope.join(' ');
    const reply = {
      access_token: token,
      ...(scope.length > 0 && { scope: scopeText }),
      expires_in: expiresInS,
      token_type: tokenType,
    };
    const about = { organization_id: organization?.id, organization_name: organization?.name };
    return { reply, log: { audience, scope: scopeText, ...about } };
  },
};
