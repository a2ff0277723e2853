import { randomInt } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import { identityKey } from '../state/state.ts';
import type { PasswordlessConnection } from './passwordless-connection.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** Defaults of a connection's `options.totp`. Despite Auth0's name for the setting, the codes are not TOTP codes. */
const DEFAULTS = { length: 6, time_step: 180 };
const MAX_FAILURES = 3;

/** The length of a connection's codes, and their lifetime in seconds. */
function settingsOf({ options }: PasswordlessConnection): { length: number; lifetimeS: number } {
  const given: unknown = options.totp;
  const read = (name: keyof typeof DEFAULTS, min: number, max: number): number => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    return typeof value === 'number' && value >= min && value <= max ? Math.floor(value) : DEFAULTS[name];
  };
  return { length: read('length', 4, 40), lifetimeS: read('time_step', 60, 172_800) };
}

const digitsOf = (length: number): string => Array.from({ length }, () => String(randomInt(10))).join('');

/** Creates the current code of an address and replaces an earlier one. */
export function makePasswordlessCode(
  { state, clock }: Deps,
  connection: PasswordlessConnection,
  address: string,
  holder: string,
): string {
  const { length, lifetimeS } = settingsOf(connection);
  const code = digitsOf(length);
  state.passwordlessCodes.put({
    id: identityKey(connection.name, address),
    holder,
    code_digest: digest(code),
    failures: 0,
    expires_ms: clock.now() + lifetimeS * 1000,
  });
  return code;
}

/** Consumes a code if it matches; the third wrong attempt invalidates it. One synchronous step. */
export function usePasswordlessCode(
  { state, clock }: Deps,
  connection: PasswordlessConnection,
  address: string,
  holder: string,
  code: string,
): boolean {
  return state.transaction(() => {
    const id = identityKey(connection.name, address);
    const kept = state.passwordlessCodes.get(id);
    if (!kept || kept.expires_ms <= clock.now() || kept.holder !== holder) return false;
    const isRight = kept.code_digest === digest(code);
    const failures = kept.failures + 1;
    if (isRight || failures >= MAX_FAILURES) state.passwordlessCodes.remove(id);
    else state.passwordlessCodes.put({ ...kept, failures });
    return isRight;
  });
}
