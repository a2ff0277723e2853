import type { EventRequest } from '../actions/event-parts.ts';
import { type PostLoginEnd, runPostLogin } from '../actions/run-post-login.ts';
import { grantScopeFor } from '../authorization/user-scope.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import { issueMfaToken } from '../factors/mfa-ticket.ts';
import { type FactorStep, nextFactor } from '../factors/next-factor.ts';
import type { ActionProgress } from '../state/action-documents.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { applyToScope } from '../tokens/apply-effects.ts';
import { beginFamily } from '../tokens/refresh-families.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { recordLogin } from '../users/sign-in-with-password.ts';
import { oauthError, type WireError } from '../wire/errors.ts';
import { denyByAction } from './deny-by-action.ts';
import type { GrantResult } from './grant.ts';

/** A user who has authenticated at /oauth/token. */
export interface UserSignIn {
  readonly client: Client;
  readonly user: User;
  /** Name of the connection that they signed in with. */
  readonly connection: string;
  /** Undefined: the access token will be opaque. */
  readonly api: ResourceServer | undefined;
  /** The requested scopes. */
  readonly asked: readonly string[];
  readonly gty: string | undefined;
  /** Thumbprint of the key of the request's DPoP proof. */
  readonly jkt: string | undefined;
  /** What has been verified: `pwd`, `email`, `sms`, `mfa`. */
  readonly amr: readonly string[];
  /** For Actions, such as `oauth2-password`. */
  readonly protocol: string;
  /** For Actions. */
  readonly request: EventRequest;
}

/**
 * Runs the post-login Actions that have not run yet, issues the tokens and records the sign-in. Throws 403
 * `mfa_required` if a second factor is required and has not been verified, and what a denying Action answers.
 */
export async function completeSignIn(
  context: TenantContext,
  signIn: UserSignIn,
  before?: ActionProgress,
): Promise<GrantResult> {
  const passed = await passActions(context, signIn, before);
  const { client, api, asked, gty, connection, request } = signIn;
  const { tokens: effects } = passed.progress;
  const jkt = toBinding(client, api, signIn.jkt);
  const user = recordLogin(context, passed.user, request.ip);
  const granted = grantScopeFor(context, { client, userId: user.user_id, api, requested: asked });
  const scope = applyToScope(granted, effects);
  const audience = api?.identifier;
  const refreshToken = scope.includes('offline_access')
    ? beginFamily(context, { client, userId: user.user_id, audience, scope, gty, jkt })
    : undefined;
  const reply = await makeUserTokens(context, { client, user, api, scope, gty, refreshToken, jkt, effects });
  const about = { user_id: user.user_id, user_name: user.email ?? user.name, connection };
  context.log.record({
    type: 's',
    ...about,
    client_id: client.client_id,
    client_name: client.name,
    ip: request.ip,
  });
  return { reply, log: { ...about, audience, scope: scope.join(' ') } };
}

/** Runs Actions until all have passed or a second factor is missing. */
async function passActions(
  context: TenantContext,
  signIn: UserSignIn,
  before: ActionProgress | undefined,
): Promise<Extract<PostLoginEnd, { kind: 'passed' }>> {
  const { client, user, connection, api, asked, amr, protocol, request } = signIn;
  const end = await runPostLogin(
    context,
    {
      client,
      user,
      connection,
      request,
      protocol,
      audience: api?.identifier,
      requestedScopes: asked,
      amr,
    },
    before,
  );
  if (end.kind === 'denied') throw denyByAction(context, end, { userId: user.user_id });
  if (end.kind === 'redirected') throw cannotRedirect(user);
  // Another request may have deleted or blocked the user while the Actions ran.
  const current = context.state.users.get(user.user_id);
  if (!current || current.blocked === true)
    throw oauthError(401, 'unauthorized', 'user is blocked', { hint: 'user_blocked', userId: user.user_id });
  const step = amr.includes('mfa')
    ? undefined
    : nextFactor(context, end.user, { decided: end.progress.factor, ip: request.ip });
  if (step) throw requireFactor(context, signIn, step, end.progress);
  // Only a factor pauses Actions here. If the user can enrol none, the Actions continue.
  return end.progress.next === undefined
    ? end
    : passActions(context, { ...signIn, user: end.user }, end.progress);
}

/** The error of a grant whose Action sends the user to a page. */
export const cannotRedirect = (user: User): WireError =>
  oauthError(
    500,
    'access_denied',
    'An Action redirects the user, which this grant cannot follow: check api.redirect.canRedirect() first.',
    { userId: user.user_id },
  );

/** The error that asks for a second factor. The Actions that have run are not run again. */
export function requireFactor(
  context: TenantContext,
  of: Pick<UserSignIn, 'client' | 'user' | 'connection' | 'api' | 'asked' | 'gty'>,
  step: FactorStep,
  actions: ActionProgress,
): WireError {
  const { client, user, connection, api, asked, gty } = of;
  const mfa_token = issueMfaToken(context, {
    user_id: user.user_id,
    client_id: client.client_id,
    connection,
    audience: api?.identifier,
    scope: asked,
    gty,
    actions,
  });
  const types = step.types.map((type) => ({ type }));
  const mfa_requirements = step.kind === 'enrol' ? { enroll: types } : { challenge: types };
  return oauthError(403, 'mfa_required', 'Multifactor authentication required', {
    userId: user.user_id,
    members: { mfa_token, mfa_requirements },
  });
}
