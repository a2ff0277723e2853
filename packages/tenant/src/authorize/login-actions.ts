import { toEventRequest } from '../actions/event-parts.ts';
import { type PostLoginEnd, runPostLogin } from '../actions/run-post-login.ts';
import type { TenantContext } from '../context.ts';
import { endSession } from '../sessions/end-session.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import { revokeFamily } from '../tokens/refresh-families.ts';
import type { TenantRequest } from '../wire/row.ts';
import type { SignInParties } from './pending-step.ts';

/** Runs the post-login Actions of a browser sign-in, from where they have paused. */
export function runLoginActions(
  context: TenantContext,
  request: TenantRequest,
  { client, user, transaction }: SignInParties,
): Promise<PostLoginEnd> {
  const { request: asked, amr, auth_time_ms, sid = '', connection = '' } = transaction;
  const [session] = context.state.browserSessions.find('sid', sid);
  return runPostLogin(
    context,
    {
      client,
      user,
      connection,
      request: toEventRequest(request, transaction.fresh ? 'POST' : 'GET'),
      protocol: protocolOf(asked),
      audience: asked.audience,
      requestedScopes: asked.scope,
      amr,
      authTimeMs: auth_time_ms,
      organization: asked.organization,
      session,
      authorize: asked,
      continueState: transaction.id,
    },
    transaction.actions,
  );
}

function protocolOf({ response_types: types, device_id }: AuthorizeRequest): string {
  if (device_id !== undefined) return 'oauth2-device-code';
  if (!types.includes('code')) return 'oidc-implicit-profile';
  return types.length === 1 ? 'oidc-basic-profile' : 'oidc-hybrid-profile';
}

/** Ends the session whose Action has called `api.session.revoke`, and its refresh tokens. False: nothing to end. */
export function revokeByAction(
  context: TenantContext,
  { user, transaction }: SignInParties,
  { revokes }: Extract<PostLoginEnd, { kind: 'denied' }>,
): boolean {
  if (revokes?.of !== 'session') return false;
  const { state } = context;
  const { sid = '' } = transaction;
  const [session] = state.browserSessions.find('sid', sid);
  if (session) endSession(context, session, 'session-revoked');
  if (!revokes.keepsRefreshTokens)
    for (const family of state.refreshFamilies.find('user_id', user.user_id))
      if (family.session?.['sid'] === sid) revokeFamily(context, family.id);
  return true;
}
