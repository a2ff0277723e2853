import type { TenantContext } from '../context.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import {
  parseMaxAge,
  parsePrompt,
  parseResponseMode,
  parseResponseTypes,
  wordsOf,
} from './parse-protocol.ts';
import { parseAudience, parseConnection, parseInvitation, parseOrganization } from './parse-targets.ts';
import { parseChallenge } from './pkce.ts';
import { invalidRequest } from './refusal.ts';
import { parameter } from './require-callback.ts';

/** The only parameters that strict third parties may send, besides `ext-` parameters. */
const STRICT_PARAMETERS = new Set(
  `acr_values audience authorization_details client_id code_challenge code_challenge_method connection
  correlation_id display dpop_jkt login_hint max_age nonce organization prompt redirect_uri resource response_mode
  response_type scope state ui_locales`.split(/\s+/),
);

/** SDK telemetry; it has no effect. */
const TELEMETRY = 'auth0Client';

export interface KnownCallback {
  readonly client: Client;
  readonly redirect_uri: string;
}

/** Validates a request whose client and callback are known to be valid. Throws a `Refusal` for the client. */
export function parseAuthorizeRequest(
  context: Pick<TenantContext, 'state' | 'issuer' | 'clock'>,
  { client, redirect_uri }: KnownCallback,
  parameters: URLSearchParams,
): AuthorizeRequest {
  checkNames(client, parameters);
  const response_types = parseResponseTypes(client, parameters);
  const response_mode = parseResponseMode(response_types, parameters);
  const text = (name: string) => parameter(parameters, name);
  const scope = wordsOf(text('scope'));
  const nonce = text('nonce');
  if (response_types.includes('id_token')) {
    if (nonce === undefined) throw invalidRequest('Missing required parameter: nonce');
    if (!scope.includes('openid')) throw invalidRequest('The scope must include openid for an id_token');
  }
  const dpop_jkt = text('dpop_jkt');
  if (dpop_jkt !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(dpop_jkt))
    throw invalidRequest('dpop_jkt must be a SHA-256 thumbprint');
  const audience = parseAudience(context, client, parameters);
  const organization = parseOrganization(context, client, parameters);
  const invitation = parseInvitation(context, client, parameters, organization);
  const ofInvitation = context.state.connections.get(invitation?.connection_id ?? '')?.name;
  return {
    client_id: client.client_id,
    redirect_uri,
    response_types,
    response_mode,
    state: text('state'),
    nonce,
    scope,
    audience,
    ...parseChallenge(client, text('code_challenge'), text('code_challenge_method')),
    prompt: parsePrompt(parameters),
    max_age_s: parseMaxAge(parameters),
    login_hint: invitation?.invitee.email ?? text('login_hint'),
    screen_hint: text('screen_hint'),
    connection: ofInvitation ?? parseConnection(context, client, parameters, organization),
    organization,
    invitation: invitation?.ticket_id,
    acr_values: wordsOf(text('acr_values')),
    ui_locales: text('ui_locales'),
    dpop_jkt,
    ext: Object.fromEntries([...parameters].filter(([name]) => name.startsWith('ext-'))),
  };
}

function checkNames(client: Client, parameters: URLSearchParams): void {
  const names = [...parameters.keys()];
  const repeated = names.find((name, at) => name !== 'resource' && names.indexOf(name) !== at);
  if (repeated !== undefined) throw invalidRequest(`Parameter ${repeated} must not be repeated`);
  if (parameters.has('request')) throw invalidRequest('The request parameter is not supported');
  if (client.third_party_security_mode !== 'strict') return;
  const known = (name: string) =>
    STRICT_PARAMETERS.has(name) || name.startsWith('ext-') || name === TELEMETRY;
  const unlisted = names.find((name) => !known(name));
  if (unlisted !== undefined)
    throw invalidRequest(`Unsupported parameter: ${unlisted}`, 'third_party_parameters');
}
