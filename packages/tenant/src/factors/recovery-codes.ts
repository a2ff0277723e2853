import { randomInt } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { digest, randomHex } from '../lib/random.ts';
import type { User } from '../state/user-documents.ts';
import { enrolledBy, recoveryOf } from './authenticators.ts';
import { readGuardian } from './guardian.ts';
import { invalidRecoveryCode } from './mfa-errors.ts';
import { type Deps, type Proof, type Prover, tryOnce } from './proof.ts';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ123456789';
const LENGTH = 24;

const makeCode = (): string =>
  Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');

/** The digest of a code; case, spaces and hyphens are ignored. */
export const recoveryDigest = (code: string): string => digest(code.toUpperCase().replaceAll(/[\s-]/g, ''));

/**
 * Creates the recovery code for a user's first factor, to be shown once; it becomes valid when the factor is confirmed.
 * Undefined if they have one, or if the tenant has recovery codes disabled.
 */
export function makeFirstRecoveryCode(
  context: Pick<TenantContext, 'state' | 'clock'>,
  user: User,
): string | undefined {
  const { state, clock } = context;
  if (!readGuardian(context).factors['recovery-code'].enabled) return undefined;
  const enrolled = enrolledBy(context, user);
  if (enrolled.some((own) => own.active)) return undefined;
  const code = makeCode();
  const earlier = enrolled.find((own) => own.authenticator_type === 'recovery-code');
  const id = earlier?.id ?? `recovery-code|dev_${randomHex(8)}`;
  state.authenticators.put({
    id,
    user_id: user.user_id,
    authenticator_type: 'recovery-code',
    active: false,
    code_digest: recoveryDigest(code),
    enrolment: id,
    created_at: new Date(clock.now()).toISOString(),
  });
  return code;
}

/** Replaces a user's recovery code, or gives them their first, confirmed one; it is shown once. */
export function renewRecoveryCode(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  user: User,
): string {
  const code = makeCode();
  const earlier = enrolledBy({ state }, user).find((own) => own.authenticator_type === 'recovery-code');
  const id = earlier?.id ?? `recovery-code|dev_${randomHex(8)}`;
  state.authenticators.put({
    id,
    user_id: user.user_id,
    authenticator_type: 'recovery-code',
    active: true,
    code_digest: recoveryDigest(code),
    enrolment: earlier?.enrolment ?? id,
    created_at: earlier?.created_at ?? new Date(clock.now()).toISOString(),
  });
  return code;
}

/** Verifies and consumes a recovery code; the result carries the next one. */
export function proveRecoveryCode(
  deps: Deps,
  prover: Prover,
  code: string,
): Proof & { readonly nextCode?: string } {
  const { user, clientId, purpose } = prover;
  return tryOnce(deps, prover, 'recovery', (): Proof & { readonly nextCode?: string } => {
    const own = purpose === 'sign-in' ? recoveryOf(deps, user) : undefined;
    if (!own || own.code_digest !== recoveryDigest(code))
      return { refusal: invalidRecoveryCode(user.user_id) };
    const nextCode = makeCode();
    const last_auth_at = new Date(deps.clock.now()).toISOString();
    deps.state.authenticators.put({ ...own, code_digest: recoveryDigest(nextCode), last_auth_at });
    deps.log.record({ type: 'gd_recovery_succeed', user_id: user.user_id, client_id: clientId });
    return { nextCode };
  });
}
