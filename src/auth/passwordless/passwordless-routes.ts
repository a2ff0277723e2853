import { defineRoute, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import { signInReply } from '../../session/signed-in-reply.ts';
import { chargeAttempt } from '../charge-address.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { startBody, toAddress, verifyBody } from './passwordless-schemas.ts';
import { type StartPasswordlessDeps, startPasswordless } from './start-passwordless.ts';
import { toAccountName, type VerifyPasswordlessDeps, verifyPasswordless } from './verify-passwordless.ts';

export interface PasswordlessRouteDeps {
  readonly start: StartPasswordlessDeps;
  readonly verify: VerifyPasswordlessDeps;
  /** By address: of those who type codes. */
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Passwordless';

/** Sign-in by a code or a link that is sent. */
export function passwordlessRoutes({ start, verify, limit, recorder }: PasswordlessRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/passwordless/start',
      access: 'public',
      operationId: 'startPasswordless',
      summary: 'Have a code or a link sent',
      description:
        'The answer is the same for every address. Of several codes the newest is good. A link ends at the callback, with a session, in the browser that asked for it, within 30 minutes.',
      tag: TAG,
      body: startBody,
      responses: {
        202: {
          description: 'It is sent, where the address may sign in',
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: ['invalid_return_to', 'csrf_failed', 'cross_site_session'],
      handler: ({ body, request }) => {
        const attempt = {
          event: 'auth.passwordless_start',
          subject: toAccountName(toAddress(body)),
        } as const;
        return recordAttempt(recorder, attempt, request, async () => ({
          reply: await startPasswordless(start, body, request),
        }));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/passwordless/verify',
      access: 'public',
      operationId: 'verifyPasswordless',
      summary: 'Sign in with the code that was sent',
      tag: TAG,
      body: verifyBody,
      charge: chargeAttempt(recorder, 'auth.signin', limit),
      responses: {
        200: {
          description: 'Signed in: a session and its cookie, or tokens',
          schema: signInReply,
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: [
        'invalid_code',
        'mfa_required',
        'too_many_attempts',
        'access_denied',
        'user_blocked',
        'token_mode_refused',
        'csrf_failed',
        'cross_site_session',
        'store_unavailable',
      ],
      handler: ({ body, request }) => {
        const attempt = { event: 'auth.signin', subject: toAccountName(toAddress(body)) } as const;
        return recordAttempt(recorder, attempt, request, async () => {
          const { signedIn, headers } = await verifyPasswordless(verify, body, request);
          return toSignedInOutcome(signedIn, headers);
        });
      },
    }),
  ];
}
