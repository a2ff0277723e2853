import type { Management } from '../../auth0/management.ts';
import { type Caller, defineRoute, type Route } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import { OWN_TOKENS_ONLY, OWN_USER } from '../own-user.ts';
import { type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { foldIdentifier } from '../sign-in-limits.ts';
import { profileBody, profileReply, toProfile, verificationBody } from './profile-schemas.ts';
import { type ResendVerificationDeps, resendVerification } from './resend-verification.ts';

export interface ProfileRouteDeps extends ResendVerificationDeps {
  readonly management: Pick<Management, 'readUser' | 'updateUser'> & ResendVerificationDeps['management'];
  /** Limit per user: all users share the tenant's rate limit of the Management API. */
  readonly limit: Limiter;
  /** A keyed hash, so that no subject is stored. */
  readonly toHash: (text: string) => string;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Profile';

/** The routes with which users read and change their profile at the tenant. */
export function profileRoutes(deps: ProfileRouteDeps): Route[] {
  const { management, limit, toHash, recorder } = deps;
  const charge = ({ subject }: Caller) => limit.charge(toHash(`profile of ${subject}`));

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/profile',
      guard: OWN_USER,
      operationId: 'getProfile',
      summary: 'Read the profile of the caller',
      description: OWN_TOKENS_ONLY,
      tag: TAG,
      responses: { 200: { description: 'The profile', schema: profileReply, headers: ['RateLimit'] } },
      errors: ['not_found', 'rate_limited'],
      handler: async ({ caller }) => {
        const headers = await charge(caller);
        return { status: 200, body: toProfile(await management.readUser(caller.subject)), headers };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/auth/profile',
      guard: OWN_USER,
      operationId: 'updateProfile',
      summary: 'Change one’s profile',
      description: `Fields that are left out keep their values. Entries of \`user_metadata\` change one by one; \`null\` removes an entry. Sessions and tokens show the change after the next sign-in. ${OWN_TOKENS_ONLY}`,
      tag: TAG,
      body: profileBody,
      responses: { 200: { description: 'The profile', schema: profileReply, headers: ['RateLimit'] } },
      errors: ['not_found', 'rate_limited'],
      handler: async ({ body, caller, request }) => {
        const headers = await charge(caller);
        const attempt = { event: 'auth.profile_change', subject: caller.subject } as const;
        return recordAttempt(recorder, attempt, request, async () => {
          const user = await management.updateUser(caller.subject, body);
          return { reply: { status: 200, body: toProfile(user), headers } };
        });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/email/verification',
      guard: 'public',
      operationId: 'resendVerification',
      summary: 'Send the verification mail again',
      description: 'The response is the same for every address.',
      tag: TAG,
      body: verificationBody,
      responses: {
        202: { description: 'The mail is sent if the address belongs to an account that is not verified' },
      },
      errors: ['csrf_failed'],
      handler: ({ body: { email }, request }) => {
        const attempt = { event: 'auth.email_verification', subject: foldIdentifier(email) } as const;
        return recordAttempt(recorder, attempt, request, async () => ({
          reply: await resendVerification(deps, email, request),
        }));
      },
    }),
  ];
}
