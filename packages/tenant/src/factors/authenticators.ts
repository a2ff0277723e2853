import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isUsable, readGuardian } from './guardian.ts';

type Deps = Pick<TenantContext, 'state'>;

/** All authenticators of a user, confirmed or not, oldest first. */
export const enrolledBy = ({ state }: Deps, user: Pick<User, 'user_id'>): Authenticator[] =>
  state.authenticators.find('user_id', user.user_id);

/** A verified e-mail address counts as an authenticator without enrolment, as on Auth0, and cannot be removed. */
export function verifiedEmailOf(user: User, enrolled: readonly Authenticator[]): Authenticator | undefined {
  const { email, email_verified, user_id, created_at } = user;
  if (email === undefined || !email_verified) return undefined;
  if (enrolled.some((own) => own.oob_channel === 'email' && own.address === email)) return undefined;
  const id = `email|dev_${digest(`${user_id}\n${email}`)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 16)}`;
  const base = { authenticator_type: 'oob', oob_channel: 'email', active: true } as const;
  return { ...base, id, user_id, address: email, enrolment: id, created_at };
}

/** The order in which authenticators are chosen, strongest first. */
const PREFERENCE = ['auth0', 'otp', 'sms', 'voice', 'email'];
const rank = (own: Authenticator): number => PREFERENCE.indexOf(own.oob_channel ?? own.authenticator_type);

export const byPreference = (a: Authenticator, b: Authenticator): number => rank(a) - rank(b);

/** The authenticators that a user can be challenged with, except for recovery codes, enrolled ones first. */
export function challengeableOf(deps: Deps, user: User): Authenticator[] {
  const guardian = readGuardian(deps);
  const enrolled = enrolledBy(deps, user);
  const email = verifiedEmailOf(user, enrolled);
  return [...enrolled, ...(email ? [email] : [])].filter(
    (own) => own.active && own.authenticator_type !== 'recovery-code' && isUsable(guardian, own),
  );
}

/** Whether a user has a confirmed factor that the tenant allows. */
export function hasEnrolled(deps: Deps, user: User): boolean {
  const guardian = readGuardian(deps);
  return enrolledBy(deps, user).some(
    (own) => own.active && own.authenticator_type !== 'recovery-code' && isUsable(guardian, own),
  );
}

/** The user's recovery code, if they have one and the tenant allows it. */
export function recoveryOf(deps: Deps, user: Pick<User, 'user_id'>): Authenticator | undefined {
  const guardian = readGuardian(deps);
  return enrolledBy(deps, user).find(
    (own) => own.active && own.authenticator_type === 'recovery-code' && isUsable(guardian, own),
  );
}

/** Confirms an authenticator and those enrolled together with it, and the recovery code with the first one. */
export function activateEnrolment({ state }: Deps, confirmed: Authenticator): void {
  for (const own of state.authenticators.find('user_id', confirmed.user_id)) {
    const joins = own.enrolment === confirmed.enrolment || own.authenticator_type === 'recovery-code';
    if (joins && !own.active) state.authenticators.put({ ...own, active: true });
  }
}

/** Deletes an authenticator and those enrolled together with it. */
export function removeEnrolment({ state }: Deps, own: Authenticator): void {
  state.transaction(() => {
    for (const { id, enrolment } of state.authenticators.find('user_id', own.user_id))
      if (enrolment === own.enrolment) state.authenticators.remove(id);
  });
}
