import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { LoginFailures, User } from '../state/user-documents.ts';
import { oauthError } from '../wire/errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

export interface SignInAttempt {
  readonly connection: Connection;
  /** As typed by the user. */
  readonly identifier: string;
  readonly ip: string;
}

const BLOCK_MS = 30 * 24 * 3600 * 1000;

const tooManyAttempts = () =>
  oauthError(
    429,
    'too_many_attempts',
    "Your account has been blocked after multiple consecutive login attempts. We've sent you an email with instructions on how to unblock it.",
    { hint: 'brute_force', logType: 'limit_wc' },
  );

/**
 * The failures counted so far for this identifier and address; undefined if brute-force protection is off for the
 * connection or the tenant.
 */
function failuresOf({ state, clock }: Deps, { connection, identifier, ip }: SignInAttempt) {
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
    expires_ms: clock.now() + BLOCK_MS,
  };
  return { failures, max: protection.max_attempts };
}

/** Throws `too_many_attempts` if the limit is reached. Call it before the password is checked. */
export function requireNotBlocked(deps: Deps, attempt: SignInAttempt): void {
  const found = failuresOf(deps, attempt);
  if (found && found.failures.count >= found.max) throw tooManyAttempts();
}

/**
 * Counts the result of an attempt. Throws `too_many_attempts` if parallel attempts have reached the limit, even for the
 * right password, so that parallel guesses get no more answers than sequential ones. `nowBlocked` is true for the
 * failure that reaches the limit.
 */
export function recordAttempt(
  deps: Deps,
  attempt: SignInAttempt,
  succeeded: boolean,
): { nowBlocked: boolean } {
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

/** Removes the blocks of an identifier. Used after a password change, by an unblock link, and by administrators. */
export function removeBlocks({ state }: Pick<Deps, 'state'>, identifier: string): void {
  for (const failures of state.loginFailures.find('identifier', identifier.toLowerCase()))
    state.loginFailures.remove(failures.id);
}

/** Removes the brute-force blocks of a user, for each identifier that they can sign in with. */
export function removeUserBlocks(deps: Pick<Deps, 'state'>, user: User): void {
  for (const identifier of [user.email, user.username, user.phone_number])
    if (identifier !== undefined) removeBlocks(deps, identifier);
}

/** The number of failures that blocks an identifier. */
export const maxAttemptsOf = ({ state }: Pick<Deps, 'state'>): number =>
  state.attackProtection.get()?.brute_force_protection.max_attempts ?? Number.POSITIVE_INFINITY;
