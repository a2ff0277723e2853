import { defineRoute, type Route } from '../../http/route.ts';
import { signInReply } from '../../session/signed-in-reply.ts';
import { signInBody, signUpBody, signUpReply } from '../auth-schemas.ts';
import { chargeAttempt } from '../charge-address.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { foldIdentifier } from '../sign-in-limits.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { type SignInDeps, signIn } from './sign-in.ts';
import { type SignUpDeps, signUp } from './sign-up.ts';

export interface PasswordRouteDeps {
  readonly signUp: SignUpDeps;
  readonly signIn: SignInDeps;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Accounts';

/** Sign-up and sign-in with a password. */
export function passwordRoutes(deps: PasswordRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signup',
      access: 'public',
      operationId: 'signUp',
      summary: 'Create an account',
      description: 'Signs nobody in.',
      tag: TAG,
      body: signUpBody,
      charge: chargeAttempt(deps.recorder, 'auth.signup', deps.signUp.limit),
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
          async () => ({ reply: await signUp(deps.signUp, body) }),
        ),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signin',
      access: 'public',
      operationId: 'signIn',
      summary: 'Sign in with a password',
      tag: TAG,
      body: signInBody,
      charge: chargeAttempt(deps.recorder, 'auth.signin', deps.signIn.limits.address),
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
