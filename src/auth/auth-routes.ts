import { defineRoute, type Route } from '../http/route.ts';
import type { AddressLimit } from '../limits/address-limit.ts';
import type { AuditEvent } from '../observe/audit.ts';
import { signInReply, tokenReply } from '../session/signed-in-reply.ts';
import { refreshBody, signInBody, signUpBody, signUpReply } from './auth-schemas.ts';
import { chargeAddress } from './charge-address.ts';
import { type SignInDeps, signIn } from './password/sign-in.ts';
import { type SignUpDeps, signUp } from './password/sign-up.ts';
import { type AttemptRecorder, recordAttempt, recordOutcome } from './record-attempt.ts';
import { type RefreshDeps, refreshTokens } from './sessions/refresh-tokens.ts';
import { type SessionRouteDeps, sessionRoutes } from './sessions/session-routes.ts';
import { signOutRoutes } from './sessions/sign-out-routes.ts';
import { foldIdentifier } from './sign-in-limits.ts';
import { toSignedInOutcome } from './signed-in.ts';

export interface AccountDeps extends SessionRouteDeps {
  readonly signUp: SignUpDeps;
  readonly signIn: SignInDeps;
  readonly refresh: RefreshDeps;
  readonly recorder: AttemptRecorder;
  /** Whether password sign-up and sign-in exist at all (`PASSWORD_SIGNIN`). */
  readonly passwordSignin: boolean;
}

const TAG = 'Accounts';

/** Charges the address, and reports an attempt that this refuses. */
const charging = ({ recorder }: AccountDeps, event: AuditEvent, limit: AddressLimit) =>
  chargeAddress(limit, ({ id: requestId, ip }, error) =>
    recordOutcome(recorder, { event, requestId, ip }, error),
  );

function passwordRoutes(deps: AccountDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signup',
      guard: 'public',
      operationId: 'signUp',
      summary: 'Create an account',
      description: 'Signs nobody in.',
      tag: TAG,
      body: signUpBody,
      charge: charging(deps, 'auth.signup', deps.signUp.limit),
      responses: {
        201: { description: 'The account was created', schema: signUpReply, headers: ['RateLimit'] },
        202: {
          description: 'The account was created or exists already; which, is concealed',
          schema: signUpReply,
          headers: ['RateLimit'],
        },
      },
      errors: ['user_exists', 'weak_password', 'signup_disabled', 'username_required', 'access_denied'],
      handler: ({ body, request }) =>
        recordAttempt(
          deps.recorder,
          { event: 'auth.signup', subject: foldIdentifier(body.email) },
          request,
          async () => ({ reply: await signUp(deps.signUp, body, request) }),
        ),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signin',
      guard: 'public',
      operationId: 'signIn',
      summary: 'Sign in with a password',
      tag: TAG,
      body: signInBody,
      charge: charging(deps, 'auth.signin', deps.signIn.limits.address),
      responses: {
        200: {
          description: 'Signed in: a session and its cookie, or tokens',
          schema: signInReply,
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: [
        'invalid_credentials',
        'invalid_scope',
        'mfa_required',
        'user_blocked',
        'password_leaked',
        'access_denied',
        'token_mode_refused',
        'too_many_attempts',
        'csrf_failed',
        'cross_site_session',
        'store_unavailable',
      ],
      handler: ({ body, request }) =>
        recordAttempt(
          deps.recorder,
          { event: 'auth.signin', subject: foldIdentifier(body.email ?? body.username ?? '') },
          request,
          async () => {
            const { signedIn, headers } = await signIn(deps.signIn, body, request);
            return toSignedInOutcome(signedIn, headers);
          },
        ),
    }),
  ];
}

/** Sign-up, sign-in, refresh, sessions and the ways out. */
export function accountRoutes(deps: AccountDeps): Route[] {
  return [
    ...(deps.passwordSignin ? passwordRoutes(deps) : []),
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
      charge: charging(deps, 'auth.refresh', deps.refresh.limit),
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
        // A session's refresh is counted and told where it is done: once for all that wait for it.
        if (refresh_token === undefined) {
          await deps.sessions.renew(request.headers);
          return { status: 204 };
        }
        return recordAttempt(deps.recorder, { event: 'auth.refresh' }, request, async () =>
          toSignedInOutcome({ tokens: await refreshTokens(deps.refresh, { refresh_token, scope }, request) }),
        );
      },
    }),
    ...sessionRoutes(deps),
    ...signOutRoutes(deps),
  ];
}
