import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { AuthorizationCode, GrantedSignIn } from '../state/browser-documents.ts';
import { revokeFamily } from './refresh-families.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;
type RevokeDeps = Pick<TenantContext, 'state' | 'log'>;

/** Lifetime of a code (RFC 6749 §4.1.2: at most ten minutes). */
const USABLE_MS = 10 * 60 * 1000;
/** How long a used code is kept for replay detection. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/** Issues a code for a completed sign-in. */
export function mintCode({ state, clock }: Deps, of: GrantedSignIn): string {
  const code = randomToken();
  const now = clock.now();
  state.codes.put({
    ...of,
    id: digest(code),
    usable_until_ms: now + USABLE_MS,
    used: false,
    replayed: false,
    expires_ms: now + REMEMBERED_MS,
  });
  return code;
}

/**
 * Consumes a code of this client in one synchronous step, so that only one of several parallel calls gets it. A replay
 * revokes the tokens that the code has issued (RFC 6749 §4.1.2). Undefined if the code is not valid.
 */
export function consumeCode(
  { state, clock, log }: Deps & RevokeDeps,
  clientId: string,
  code: string,
): AuthorizationCode | undefined {
  return state.transaction(() => {
    const found = state.codes.get(digest(code));
    if (!found || found.request.client_id !== clientId) return undefined;
    if (found.used) {
      state.codes.put({ ...found, replayed: true });
      revokeIssued({ state, log }, found);
      return undefined;
    }
    state.codes.put({ ...found, used: true });
    return clock.now() < found.usable_until_ms ? found : undefined;
  });
}

/** Stores which tokens a code has issued; revokes them at once if the code has been replayed meanwhile. */
export function recordIssued(
  { state, log }: RevokeDeps,
  { id }: AuthorizationCode,
  given: Pick<AuthorizationCode, 'family_id' | 'opaque_token_id'>,
): void {
  state.transaction(() => {
    const found = state.codes.get(id);
    if (!found) return;
    const updated = { ...found, ...given };
    state.codes.put(updated);
    if (updated.replayed) revokeIssued({ state, log }, updated);
  });
}

function revokeIssued({ state, log }: RevokeDeps, { family_id, opaque_token_id }: AuthorizationCode): void {
  if (family_id !== undefined) revokeFamily({ state, log }, family_id);
  if (opaque_token_id !== undefined) state.opaqueTokens.remove(opaque_token_id);
}
