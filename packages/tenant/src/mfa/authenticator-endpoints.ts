import type { TenantContext } from '../context.ts';
import { enrolledBy, removeEnrolment, verifiedEmailOf } from '../factors/authenticators.ts';
import { factorOf, isUsable, readGuardian, toFactorType } from '../factors/guardian.ts';
import { maskAddress } from '../factors/mask-address.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import { oauthError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { requireMfaBearer } from './require-mfa-bearer.ts';

const NO_STORE = { 'cache-control': 'no-store' };

/** GET and DELETE /mfa/authenticators: lists a user's enrolments, confirmed or not; DELETE needs an access token. */
export const authenticatorEndpoints = (context: TenantContext): Endpoint[] => [
  {
    method: 'GET',
    path: '/mfa/authenticators',
    forBrowsers: true,
    async handle(request) {
      const { user } = await requireMfaBearer(context, request, 'read:authenticators', true);
      const enrolled = enrolledBy(context, user);
      const email = verifiedEmailOf(user, enrolled);
      const guardian = readGuardian(context);
      const listed = [...enrolled, ...(email && isUsable(guardian, email) ? [email] : [])];
      return { body: listed.map(toListed), headers: NO_STORE };
    },
  },
  {
    method: 'DELETE',
    path: '/mfa/authenticators/:id',
    forBrowsers: true,
    async handle(request) {
      const { user, clientId } = await requireMfaBearer(context, request, 'remove:authenticators', false);
      const own = enrolledBy(context, user).find((candidate) => candidate.id === request.params.id);
      if (!own) throw oauthError(404, 'not_found', 'There is no such authenticator.');
      removeEnrolment(context, own);
      context.log.record({ type: 'gd_unenroll', user_id: user.user_id, client_id: clientId });
      return { status: 204, body: '', headers: NO_STORE };
    },
  },
];

const toListed = (own: Authenticator): object => ({
  id: own.id,
  authenticator_type: own.authenticator_type,
  active: own.active,
  ...(own.oob_channel !== undefined && { oob_channel: own.oob_channel }),
  ...(own.address !== undefined && { name: maskAddress(own.address) }),
  type: toFactorType(factorOf(own)),
});
