import type { PostLoginEnd } from '../actions/run-post-login.ts';
import type { TenantContext } from '../context.ts';
import { endSession } from '../sessions/end-session.ts';
import type { BrowserSession } from '../state/browser-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';
import { revokeFamily } from '../tokens/refresh-families.ts';
import { oauthError, type WireError } from '../wire/errors.ts';

type Denial = Extract<PostLoginEnd, { kind: 'denied' }>;

/** What a denying Action can also revoke. */
interface Held {
  readonly userId: string;
  readonly family?: RefreshFamily | undefined;
  readonly session?: BrowserSession | undefined;
}

/**
 * The error of a denial at /oauth/token. Auth0 answers 500 to `api.access.deny`, and 403 if the Action has revoked the
 * session or the refresh token, which this ends.
 */
export function denyByAction(
  context: TenantContext,
  { reason, revokes }: Denial,
  { userId, family, session }: Held,
): WireError {
  if (!revokes) return oauthError(500, 'access_denied', reason, { userId });
  if (session && revokes.of === 'session') endSession(context, session, 'session-revoked');
  if (family && !revokes.keepsRefreshTokens) revokeFamily(context, family.id);
  return oauthError(403, 'access_denied', reason, { userId });
}
