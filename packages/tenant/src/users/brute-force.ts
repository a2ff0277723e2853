import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { LoginFailures, User } from '../state/user-documents.ts';
import { oauthError } from '../wire/errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

export interface Attempt {
  readonly connection: Connection;
  /** As typed. */
  readonly identifier: string;
  readonly ip: string;
}

const blockMs = 30 * 24 * 3600 * 1000;

const tooManyAttempts = () =>
  oauthError(
    429,
    'too_many_attempts',
    "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions on how to unblock it.",
    { hint: 'brute_force', logType: 'limit_wc' },
  );

/** The count for an attempt so far; undefined where the connection or the tenant does not protect. */
function failuresOf({ state, clock }: Deps, { connection, identifier, ip }: Attempt) {
  const protection = state.attackProtection.get()?.brute_force_protection;
  if (!protection?.enabled || connection.options.brute_force_protection === false) return undefined;
  if (!protection.shields.includes('block') || protection.allowlist.includes(ip)) return undefined;
  const counted = protection.mode === 'count_per_identifier' ? '*' : ip;
  const folded = identifier.toLowerCase();
  const id = [connection.name, counted, folded].join('\n');
  const kept = state.loginFailures.get(id);
  const failures: LoginFailures = {
    id,
    identifier: folded,
    connection: connection.name,
    ip: counted,
    count: kept && kept.expires_ms > clock.now() ? kept.count : 0,
    expires_ms: clock.now() + blockMs,
  };
  return { failures, max: protection.max_attempts };
}

/** Throws `too_many_attempts` where the limit is reached: before a password is looked at. */
export function requireNotBlocked(deps: Deps, attempt: Attempt): void {
  const found = failuresOf(deps, attempt);
  if (found && found.failures.count >= found.max) throw tooManyAttempts();
}

/**
 * Counts how an attempt ended. Throws `too_many_attempts` where the limit was reached meanwhile, even for the right
 * password: of any number of parallel guesses only as many are answered as one after the other.
 * Says whether this failure was the one that blocks.
 */
export function settleAttempt(deps: Deps, attempt: Attempt, succeeded: boolean): { nowBlocked: boolean } {
  const { loginFailures } = deps.state;
  return deps.state.transaction(() => {
    const found = failuresOf(deps, attempt);
    if (!found) return { nowBlocked: false };
    const { failures, max } = found;
    if (failures.count >= max) throw tooManyAttempts();
    if (succeeded) {
      loginFailures.remove(failures.id);
      return { nowBlocked: false };
    }
    loginFailures.put({ ...failures, count: failures.count + 1 });
    return { nowBlocked: failures.count + 1 === max };
  });
}

/** Lifts the blocks of an identifier: after a password change, an unblock link, or by an administrator. */
export function liftBlocks({ state }: Pick<Deps, 'state'>, identifier: string): void {
  for (const failures of state.loginFailures.find('identifier', identifier.toLowerCase()))
    state.loginFailures.remove(failures.id);
}

/** Lifts the brute-force blocks on a user, by whatever they may sign in with. */
export function liftUserBlocks(deps: Pick<Deps, 'state'>, user: User): void {
  for (const identifier of [user.email, user.username, user.phone_number])
    if (identifier !== undefined) liftBlocks(deps, identifier);
}

/** How many failures block. */
export const maxAttemptsOf = ({ state }: Pick<Deps, 'state'>): number =>
  state.attackProtection.get()?.brute_force_protection.max_attempts ?? Number.POSITIVE_INFINITY;
