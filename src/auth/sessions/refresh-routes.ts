import { defineRoute, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import type { Sessions } from '../../session/session.ts';
import { tokenReply } from '../../session/signed-in-reply.ts';
import { refreshBody } from '../auth-schemas.ts';
import { chargeAttempt } from '../charge-address.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { type RefreshDeps, refreshTokens } from './refresh-tokens.ts';

export interface RefreshRouteDeps extends RefreshDeps {
  readonly sessions: Pick<Sessions, 'renew'>;
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

/** `POST /v1/auth/refresh`: refreshes tokens, or renews the session. */
export function refreshRoutes(deps: RefreshRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/refresh',
      guard: 'optional-session',
      operationId: 'refresh',
      summary: 'Exchange a refresh token for new tokens, or renew the session',
      description:
        'The answer holds a new refresh token where the tenant rotates them; the old one is spent. Without a `refresh_token`, the session of the request is renewed.',
      tag: 'Accounts',
      body: refreshBody,
      charge: chargeAttempt(deps.recorder, 'auth.refresh', deps.limit),
      responses: {
        200: { description: 'New tokens', schema: tokenReply, headers: ['RateLimit'] },
        204: { description: 'The session is renewed', headers: ['RateLimit'] },
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
        // The session module records a session's refresh, once for all requests that wait for it.
        if (refresh_token === undefined) {
          await deps.sessions.renew(request.headers);
          return { status: 204 };
        }
        return recordAttempt(deps.recorder, { event: 'auth.refresh' }, request, async () =>
          toSignedInOutcome({ tokens: await refreshTokens(deps, { refresh_token, scope }, request) }),
        );
      },
    }),
  ];
}
