import type { JWTPayload } from 'jose';
import { toEventBody } from '../actions/event-parts.ts';
import { runPostLogin } from '../actions/run-post-login.ts';
import { findClientGrant, scopesOfGrant } from '../authorization/client-grants.ts';
import { permissionsOf } from '../authorization/permissions.ts';
import { parseScope } from '../authorization/scopes.ts';
import { allowsUserAccess, userAccessText } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import { nextFactor } from '../factors/next-factor.ts';
import { requireMembership } from '../organizations/token-organization.ts';
import type { ActionProgress } from '../state/action-documents.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { makeApiToken } from '../tokens/access-token.ts';
import { applyToScope, customAccessClaims } from '../tokens/apply-effects.ts';
import { verifyApiToken } from '../tokens/verify-api-token.ts';
import { oauthError, unauthorizedClient, WireError } from '../wire/errors.ts';
import { denyByAction } from './deny-by-action.ts';
import type { GrantResult, TokenRequest } from './grant.ts';
import { cannotRedirect } from './user-sign-in.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const PROFILE = 'on_behalf_of_token_exchange';
/** How many clients a token may have passed through. */
const MAX_ACTORS = 4;
const HINT = 'on_behalf_of' as const;

/** Whether a client's exchange of a token of this type is an on-behalf-of exchange. */
export function isOnBehalfOf({ extra }: Client, subjectTokenType: string): boolean {
  const allowed: unknown = Reflect.get(Object(extra?.['token_exchange']), 'allow_any_profile_of_type');
  return subjectTokenType === ACCESS_TOKEN && Array.isArray(allowed) && allowed.includes(PROFILE);
}

interface Exchange {
  readonly client: Client;
  readonly user: User;
  /** The API of the new token. */
  readonly api: ResourceServer;
  /** The requested scopes, all of them in the client grant. */
  readonly scope: readonly string[];
  readonly organization: { readonly id: string; readonly name: string } | undefined;
  /** The clients that the user's token has passed through, this one first (RFC 8693 §4.1). */
  readonly act: object;
}

/**
 * On-Behalf-Of token exchange (RFC 8693 §2.1): an API that a user's token has called gets a token of the same user for an
 * API that it calls itself. The binding of the subject token is not checked, as on Auth0: the API has verified it.
 */
export async function exchangeOnBehalfOf(
  context: TenantContext,
  request: TokenRequest,
): Promise<GrantResult> {
  try {
    return { ...(await exchangeToken(context, request)), success: 'success_on_behalf_of_token_exchange' };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const logType = 'failed_on_behalf_of_token_exchange';
    throw new WireError(error.status, error.body, error.message, { ...error.options, logType });
  }
}

async function exchangeToken(
  context: TenantContext,
  request: TokenRequest,
): Promise<Omit<GrantResult, 'success'>> {
  const exchange = await requireExchange(context, request);
  const { client, user, api, organization, act } = exchange;
  const { tokens: effects } = await passActions(context, request, exchange);
  requireMembership(context.state, organization, user.user_id);
  const permissions = api.enforce_policies
    ? permissionsOf(context.state, user.user_id, api, organization?.id)
    : undefined;
  const scope = applyToScope(
    exchange.scope.filter((each) => permissions?.includes(each) ?? true),
    effects,
  );
  const { token, tokenType, expiresInS } = await makeApiToken(context, api, {
    subject: user.user_id,
    clientId: client.client_id,
    scope,
    gty: undefined,
    permissions,
    organization,
    custom: { ...customAccessClaims(effects, api), act },
    jkt: toBinding(client, api, request.jkt),
  });
  const reply = {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: tokenType,
    expires_in: expiresInS,
    ...(scope.length > 0 && { scope: scope.join(' ') }),
  };
  const about = { user_id: user.user_id, user_name: user.email ?? user.name };
  return { reply, log: { ...about, audience: api.identifier, scope: scope.join(' ') } };
}

async function requireExchange(context: TenantContext, { client, body }: TokenRequest): Promise<Exchange> {
  const { state } = context;
  if (client.token_endpoint_auth_method === 'none') throw unauthorizedClient(HINT);
  const token = body.required('subject_token');
  if (body.required('requested_token_type') !== ACCESS_TOKEN)
    throw oauthError(
      400,
      'invalid_request',
      'Invalid subject_token_type and requested_token_type combination.',
    );
  const [api] = state.resourceServers.find('identifier', body.required('audience'));
  if (!api)
    throw oauthError(400, 'invalid_request', 'The audience is not the identifier of an API.', {
      hint: 'unknown_audience',
    });
  const subject = await verifySubject(context, client, token);
  const user = state.users.get(subject.sub ?? '');
  if (!user || user.blocked === true) throw invalidSubject();
  const grant = findClientGrant(state, client, api, 'user');
  if (!grant || !allowsUserAccess(context, client, api))
    throw oauthError(403, 'access_denied', userAccessText(api), { hint: HINT, userId: user.user_id });
  const granted = scopesOfGrant(grant, api);
  const scope = parseScope(body.raw('scope')) ?? granted;
  const beyond = scope.filter((each) => !granted.includes(each));
  if (beyond.length > 0)
    throw oauthError(403, 'access_denied', `Client has not been granted scopes: ${beyond.join(', ')}`, {
      hint: HINT,
      userId: user.user_id,
    });
  return {
    client,
    user,
    api,
    scope,
    organization: organizationOf(context, subject, user),
    act: toActors(client, subject),
  };
}

const invalidSubject = () =>
  oauthError(401, 'invalid_request', 'The subject_token is not valid for the API of this application.', {
    hint: HINT,
  });

/** The claims of a token for the API that the client belongs to. */
async function verifySubject(context: TenantContext, client: Client, token: string): Promise<JWTPayload> {
  const own: unknown = client.extra?.['resource_server_identifier'];
  const [api] = typeof own === 'string' ? context.state.resourceServers.find('identifier', own) : [undefined];
  const subject = api && (await verifyApiToken(context, api, token));
  if (!subject) throw invalidSubject();
  return subject;
}

function toActors({ client_id }: Client, { act }: JWTPayload): object {
  let depth = 0;
  for (
    let actor: unknown = act;
    typeof actor === 'object' && actor !== null;
    actor = Reflect.get(actor, 'act')
  )
    depth += 1;
  if (depth >= MAX_ACTORS)
    throw oauthError(
      400,
      'invalid_request',
      `Delegation chain (\`act\` claim) depth exceeds the maximum allowed limit of ${MAX_ACTORS}`,
    );
  return { sub: client_id, ...(depth > 0 && { act }) };
}

function organizationOf(
  { state }: Pick<TenantContext, 'state'>,
  { org_id: id }: JWTPayload,
  { user_id }: User,
): Exchange['organization'] {
  if (typeof id !== 'string') return undefined;
  const organization = { id, name: state.organizations.get(id)?.name ?? '' };
  requireMembership(state, organization, user_id);
  return organization;
}

/** Runs the post-login Actions. There is no user who could be redirected, or asked for a second factor. */
async function passActions(
  context: TenantContext,
  { body, ip, userAgent }: TokenRequest,
  { client, user, api, scope, organization }: Exchange,
): Promise<ActionProgress> {
  const { subject_token: _secret, actor_token: _other, ...shown } = toEventBody(body);
  const end = await runPostLogin(context, {
    client,
    user,
    organization,
    connection: user.identities[0]?.connection ?? '',
    request: { ip, userAgent, method: 'POST', body: shown },
    protocol: 'oauth2-token-exchange',
    audience: api.identifier,
    requestedScopes: scope,
  });
  const { user_id: userId } = user;
  if (end.kind === 'denied') throw denyByAction(context, end, { userId });
  if (end.kind === 'redirected') throw cannotRedirect(user);
  const { factor } = end.progress;
  if (factor === 'required' && nextFactor(context, user, { decided: factor, ip }))
    throw oauthError(
      403,
      'access_denied',
      'An Action requires a second factor, which this exchange cannot ask for.',
      {
        userId,
      },
    );
  const current = context.state.users.get(userId);
  if (!current || current.blocked === true) throw invalidSubject();
  return end.progress;
}
