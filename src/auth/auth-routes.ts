import { defineRoute, type Route } from '../http/route.ts';
import { tokenReply } from '../session/signed-in-reply.ts';
import { refreshBody } from './auth-schemas.ts';
import { type AttemptRecorder, recordAttempt } from './record-attempt.ts';
import { type RefreshDeps, refreshSession, refreshTokens } from './sessions/refresh-tokens.ts';
import { type SessionRouteDeps, sessionRoutes } from './sessions/session-routes.ts';
import { signOutRoutes } from './sessions/sign-out-routes.ts';
import { toSignedInOutcome } from './signed-in.ts';

export interface AccountDeps extends SessionRouteDeps {
  readonly refresh: RefreshDeps;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Accounts';

/** Refresh, sessions and the ways out. */
export function accountRoutes(deps: AccountDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/refresh',
      guard: 'public',
      readsSession: true,
      operationId: 'refresh',
      summary: 'Exchange a refresh token for new tokens, or renew the session',
      description:
        'The answer holds a new refresh token where the tenant rotates them; the old one is spent. Without a `refresh_token`, the session of the request is renewed.',
      tag: TAG,
      body: refreshBody,
      responses: {
        200: { description: 'New tokens', schema: tokenReply },
        204: { description: 'The session is renewed' },
      },
      errors: [
        'invalid_refresh_token',
        'session_expired',
        'invalid_scope',
        'mfa_required',
        'user_blocked',
        'access_denied',
        'token_mode_refused',
        'csrf_failed',
        'store_unavailable',
      ],
      handler: async ({ body, request }) => {
        const { refresh_token, scope } = body;
        // A session's refresh is counted and told where it is done: once for all that wait for it.
        if (refresh_token === undefined)
          return { status: 204, headers: await refreshSession(deps.refresh, request) };
        return recordAttempt(deps.recorder, { event: 'auth.refresh' }, request, async () => {
          const { headers, tokens } = await refreshTokens(deps.refresh, { refresh_token, scope }, request);
          return toSignedInOutcome({ tokens }, headers);
        });
      },
    }),
    ...sessionRoutes(deps),
    ...signOutRoutes(deps),
  ];
}
