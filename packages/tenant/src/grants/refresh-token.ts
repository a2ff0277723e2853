import { toEventBody } from '../actions/event-parts.ts';
import type { LoginSituation } from '../actions/post-login-event.ts';
import { runPostLogin } from '../actions/run-post-login.ts';
import { boundActions } from '../actions/run-trigger.ts';
import { findConsent } from '../authorization/consents.ts';
import { findApi } from '../authorization/find-api.ts';
import { parseScope } from '../authorization/scopes.ts';
import { grantScopeFor } from '../authorization/user-scope.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import { nextFactor } from '../factors/next-factor.ts';
import { requireMembership } from '../organizations/token-organization.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';
import { applyToScope } from '../tokens/apply-effects.ts';
import { redeem } from '../tokens/refresh-families.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { oauthError } from '../wire/errors.ts';
import { denyByAction } from './deny-by-action.ts';
import { type Grant, toTokenLog } from './grant.ts';
import { findRefreshTarget } from './refresh-target.ts';
import { cannotRedirect, requireFactor } from './user-sign-in.ts';

const invalid = (logType: 'fertft' | 'ferrt', userId?: string) =>
  oauthError(403, 'invalid_grant', 'Unknown or invalid refresh token.', {
    logType,
    userId,
    hint: logType === 'ferrt' ? 'refresh_token_reuse' : undefined,
  });

/** RFC 6749 §6, with rotation and reuse detection. The token is consumed before the first `await`. */
export const refreshToken: Grant = {
  success: 'sertft',
  failure: 'fertft',
  publicClients: true,
  async exchange(context, { client, body, jkt, ip, userAgent }) {
    const presented = body.required('refresh_token');
    const requested = parseScope(body.raw('scope'));
    const wanted = { presented, audience: body.text('audience'), jkt };
    const { family, token, target, ...redeemed } = redeemToken(context, client, wanted);
    const { api } = target;
    const kept = requested ? target.scope.filter((scope) => requested.includes(scope)) : target.scope;
    const request = { ip, userAgent, method: 'POST', body: toEventBody(body) };
    const { user, progress } = await passActions(
      context,
      { client, user: redeemed.user, api, requestedScopes: kept, request },
      family,
    );
    const { tokens: effects } = progress;
    const granted = grantScopeFor(context, {
      client,
      userId: user.user_id,
      organizationId: family.organization?.id,
      api,
      requested: kept,
    });
    const scope = applyToScope(granted, effects);
    const gty = family.gty === undefined ? 'refresh_token' : ['refresh_token', family.gty];
    const reply = await makeUserTokens(context, {
      client,
      user,
      api,
      scope,
      gty,
      refreshToken: token,
      jkt,
      session: family.session,
      organization: family.organization,
      effects,
    });
    return {
      reply,
      log: toTokenLog(user, api, scope),
      ...(target.ignored && { hint: 'audience_ignored' as const }),
    };
  },
};

/** The browser session of a refresh token; empty: none. */
function sidOf({ session }: RefreshFamily): string {
  const sid = session?.['sid'];
  return typeof sid === 'string' ? sid : '';
}

/** Runs the post-login Actions. Throws what a denying Action answers, and 403 `mfa_required` if one requires a factor. */
async function passActions(
  context: TenantContext,
  about: Pick<LoginSituation, 'client' | 'user' | 'requestedScopes' | 'request'> & {
    readonly api: ResourceServer | undefined;
  },
  family: RefreshFamily,
) {
  const { state } = context;
  const { client, user, api, requestedScopes } = about;
  const connection = user.identities[0]?.connection ?? '';
  const [session] = state.browserSessions.find('sid', sidOf(family));
  const end = await runPostLogin(context, {
    ...about,
    connection,
    protocol: 'oauth2-refresh-token',
    audience: api?.identifier,
    organization: family.organization,
    session,
    refreshFamily: family,
  });
  const userId = user.user_id;
  if (end.kind === 'denied') throw denyByAction(context, end, { userId, family, session });
  if (end.kind === 'redirected') throw cannotRedirect(user);
  const { ip } = about.request;
  const step =
    end.progress.factor === 'required' ? nextFactor(context, user, { decided: 'required', ip }) : undefined;
  if (step)
    throw requireFactor(
      context,
      { client, user, connection, api, asked: requestedScopes, gty: family.gty },
      step,
      end.progress,
    );
  // The user or the family may have been revoked while Actions ran.
  requireUser(context, family);
  const hasActions = boundActions(context, 'post-login').length > 0;
  if (hasActions && state.refreshFamilies.get(family.id)?.revoked !== false) throw invalid('fertft', userId);
  return end;
}

interface Wanted {
  readonly presented: string;
  readonly audience: string | undefined;
  readonly jkt: string | undefined;
}

/** Redeems the token. If the user or the API is refused, the token stays valid. */
function redeemToken(context: TenantContext, client: Client, { presented, audience, jkt }: Wanted) {
  const redeemed = context.state.transaction(() => {
    const redemption = redeem(context, client, presented, jkt);
    if (redemption.outcome !== 'good') return redemption;
    const { family } = redemption;
    requireConsent(context, client, family);
    requireMembership(context.state, family.organization, family.user_id);
    const target = findRefreshTarget(context, client, family, requireApi(context, family), audience);
    toBinding(client, target.api, jkt);
    return { ...redemption, user: requireUser(context, family), target };
  });
  if (redeemed.outcome === 'good') return redeemed;
  // Thrown outside of the transaction, so that the revocation of a family is not rolled back.
  if (redeemed.outcome === 'reused') throw invalid('ferrt', redeemed.family.user_id);
  throw invalid('fertft');
}

function requireUser({ state }: TenantContext, family: RefreshFamily) {
  const user = state.users.get(family.user_id);
  if (!user) {
    throw oauthError(
      403,
      'invalid_grant',
      "The refresh_token was generated for a user who doesn't exist anymore.",
      { userId: family.user_id },
    );
  }
  if (user.blocked === true)
    throw oauthError(403, 'invalid_grant', 'user is blocked', { userId: user.user_id, hint: 'user_blocked' });
  return user;
}

/** A third party's tokens are valid only as long as the user's consent. */
function requireConsent(context: TenantContext, client: Client, family: RefreshFamily): void {
  if (client.is_first_party) return;
  const question = {
    userId: family.user_id,
    clientId: client.client_id,
    audience: family.audience,
    organizationId: family.organization?.id,
  };
  if (!findConsent(context, question)) throw invalid('fertft', family.user_id);
}

/** The API of the family. If it has been deleted, the token is invalid. */
function requireApi(context: TenantContext, { audience, user_id }: RefreshFamily) {
  if (audience === undefined) return undefined;
  const api = findApi(context, audience);
  if (!api) throw invalid('fertft', user_id);
  return api;
}
