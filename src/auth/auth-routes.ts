import type { UserTokens } from '../auth0/token-answer.ts';
import { GatewayError } from '../errors.ts';
import { defineRoute, type Reply, type RequestInfo, type Route } from '../http/route.ts';
import type { AuditEvent } from '../observe/audit.ts';
import { signInReply, tokenReply, toSignedInReply } from '../session/signed-in-reply.ts';
import { refreshBody, signInBody, signUpBody, signUpReply } from './auth-schemas.ts';
import { type SignedIn, type SignInDeps, signIn } from './password/sign-in.ts';
import { type SignUpDeps, signUp } from './password/sign-up.ts';
import { type RefreshDeps, refreshSession, refreshTokens } from './sessions/refresh-tokens.ts';
import { type SessionRouteDeps, sessionRoutes } from './sessions/session-routes.ts';
import { signOutRoutes } from './sessions/sign-out-routes.ts';
import { foldIdentifier } from './sign-in-limits.ts';

export interface AccountDeps extends SessionRouteDeps {
  readonly signUp: SignUpDeps;
  readonly signIn: SignInDeps;
  readonly refresh: RefreshDeps;
  /** Counts the outcome of an event: `succeeded`, or the code of the error. */
  readonly count: (event: AuditEvent, outcome: string) => void;
  /** Whether password sign-up and sign-in exist at all (`PASSWORD_SIGNIN`). */
  readonly passwordSignin: boolean;
}

const TAG = 'Accounts';

interface Outcome {
  readonly reply: Reply;
  /** The `sub` of the user, where it became known. */
  readonly subject?: string | undefined;
}

/** Runs one use case and leaves its audit event, whichever way it ends. */
async function audited(
  { audit, count }: AccountDeps,
  event: AuditEvent,
  { id: requestId, ip }: RequestInfo,
  identifier: string | undefined,
  run: () => Promise<Outcome>,
): Promise<Reply> {
  const typed = identifier === undefined ? undefined : foldIdentifier(identifier);
  try {
    const { reply, subject } = await run();
    audit({ event, outcome: 'succeeded', requestId, ip, subject: subject ?? typed });
    count(event, 'succeeded');
    return reply;
  } catch (error) {
    const reason = error instanceof GatewayError ? error.code : 'internal';
    audit({ event, outcome: 'failed', requestId, ip, subject: typed, reason });
    count(event, reason);
    throw error;
  }
}

interface Refreshed {
  readonly tokens: UserTokens;
  readonly headers: Readonly<Record<string, string>>;
}

const toTokenReply = ({ tokens, headers }: Refreshed): Outcome => ({
  reply: { status: 200, body: tokenReply.parse(tokens), headers: { ...headers, Pragma: 'no-cache' } },
  subject: tokens.subject,
});

function toSignInReply(signedIn: SignedIn): Outcome {
  if ('tokens' in signedIn) return toTokenReply(signedIn);
  const { begun, headers } = signedIn;
  const { session, setCookie } = begun;
  return {
    reply: { status: 200, body: toSignedInReply(session), headers, cookies: [setCookie] },
    subject: session.subject,
  };
}

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
      responses: {
        201: { description: 'The account was created', schema: signUpReply, headers: ['RateLimit'] },
        202: {
          description: 'The account was created or exists already; which, is concealed',
          schema: signUpReply,
          headers: ['RateLimit'],
        },
      },
      errors: ['user_exists', 'weak_password', 'signup_disabled', 'username_required'],
      handler: ({ body, request }) =>
        audited(deps, 'auth.signup', request, body.email, async () => ({
          reply: await signUp(deps.signUp, body, request),
        })),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signin',
      guard: 'public',
      operationId: 'signIn',
      summary: 'Sign in with a password',
      tag: TAG,
      body: signInBody,
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
        audited(deps, 'auth.signin', request, body.email ?? body.username, async () =>
          toSignInReply(await signIn(deps.signIn, body, request)),
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
      responses: {
        200: { description: 'New tokens', schema: tokenReply, headers: ['RateLimit'] },
        204: { description: 'The session is renewed', headers: ['RateLimit'] },
      },
      errors: [
        'invalid_refresh_token',
        'session_expired',
        'invalid_scope',
        'mfa_required',
        'token_mode_refused',
        'csrf_failed',
        'store_unavailable',
      ],
      handler: async ({ body, request }) => {
        const { refresh_token, scope } = body;
        // A session's refresh is counted and told where it is done: once for all that wait for it.
        if (refresh_token === undefined)
          return { status: 204, headers: await refreshSession(deps.refresh, request) };
        return audited(deps, 'auth.refresh', request, undefined, async () =>
          toTokenReply(await refreshTokens(deps.refresh, { refresh_token, scope }, request)),
        );
      },
    }),
    ...sessionRoutes(deps),
    ...signOutRoutes(deps),
  ];
}
