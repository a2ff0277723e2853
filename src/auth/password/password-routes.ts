import { defineRoute, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import { signInReply } from '../../session/signed-in-reply.ts';
import {
  changePasswordBody,
  forgotPasswordBody,
  signInBody,
  signUpBody,
  signUpReply,
} from '../auth-schemas.ts';
import { chargeAttempt } from '../charge-address.ts';
import { OWN_TOKENS_ONLY, OWN_USER } from '../own-user.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { foldIdentifier } from '../sign-in-limits.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { type ChangePasswordDeps, changePassword } from './change-password.ts';
import { type ForgotPasswordDeps, forgotPassword } from './forgot-password.ts';
import { type SignInDeps, signIn } from './sign-in.ts';
import { type SignUpDeps, signUp } from './sign-up.ts';

export interface PasswordRouteDeps {
  readonly signUp: SignUpDeps;
  readonly signIn: SignInDeps;
  readonly forgot: ForgotPasswordDeps;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Accounts';

/** The routes for sign-up, sign-in by password, and the reset of a forgotten password. */
export function passwordRoutes(deps: PasswordRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signup',
      guard: 'public',
      operationId: 'signUp',
      summary: 'Create an account',
      description: 'Does not sign the user in.',
      tag: TAG,
      body: signUpBody,
      charge: chargeAttempt(deps.recorder, 'auth.signup', deps.signUp.limit),
      responses: {
        201: { description: 'The account was created', schema: signUpReply, headers: ['RateLimit'] },
        202: {
          description: 'The account was created, or exists already (the response does not tell which)',
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
      guard: 'public',
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
    defineRoute({
      method: 'POST',
      path: '/v1/auth/password/forgot',
      guard: 'public',
      operationId: 'forgotPassword',
      summary: 'Send a password reset mail',
      description: 'The response is the same for every address. The link leads to a page of the tenant.',
      tag: TAG,
      body: forgotPasswordBody,
      responses: {
        202: {
          description: 'The mail is sent if the address has an account with a password',
          headers: ['RateLimit'],
        },
      },
      errors: ['csrf_failed'],
      handler: ({ body, request }) =>
        recordAttempt(
          deps.recorder,
          { event: 'auth.password_forgot', subject: foldIdentifier(body.email) },
          request,
          async () => ({ reply: await forgotPassword(deps.forgot, body.email, request) }),
        ),
    }),
  ];
}

/** The route with which a signed-in user changes their password. */
export function changePasswordRoutes(
  change: ChangePasswordDeps,
  address: AddressLimit,
  recorder: AttemptRecorder,
): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/password/change',
      guard: OWN_USER,
      operationId: 'changePassword',
      summary: 'Change one’s password',
      description: `Ends all other sessions and revokes earlier refresh tokens. The check of the current password counts as a sign-in attempt. ${OWN_TOKENS_ONLY}`,
      tag: TAG,
      body: changePasswordBody,
      charge: chargeAttempt(recorder, 'auth.password_change', address),
      responses: {
        204: {
          description: 'The password is changed; a session continues with a new cookie',
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: [
        'invalid_credentials',
        'weak_password',
        'too_many_attempts',
        'user_blocked',
        'password_leaked',
        'access_denied',
        'not_found',
        'store_unavailable',
      ],
      handler: ({ body, caller, request }) =>
        recordAttempt(
          recorder,
          { event: 'auth.password_change', subject: caller.subject },
          request,
          async () => ({ reply: await changePassword(change, caller, body, request) }),
        ),
    }),
  ];
}
