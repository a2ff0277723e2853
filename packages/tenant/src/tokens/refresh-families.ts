import type { TenantContext } from '../context.ts';
import { requireSameKey } from '../dpop/binding.ts';
import { digest, randomHex, randomToken } from '../lib/random.ts';
import type { Client } from '../state/settings-documents.ts';
import type { LogEntry, RefreshFamily } from '../state/token-documents.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;
type RevokeDeps = Pick<TenantContext, 'state' | 'log'>;

export interface NewFamily {
  readonly client: Client;
  readonly userId: string;
  readonly audience: string | undefined;
  readonly scope: readonly string[];
  readonly gty: string | undefined;
  /** Thumbprint of the key of the request's DPoP proof. */
  readonly jkt: string | undefined;
  readonly session?: RefreshFamily['session'];
  readonly organization?: RefreshFamily['organization'];
}

/** The result of presenting a refresh token. */
export type Redemption =
  /** `token` is the rotated token; undefined: the presented one stays valid. */
  | { readonly outcome: 'good'; readonly family: RefreshFamily; readonly token: string | undefined }
  /** Reused outside of the leeway: its whole family is now revoked. */
  | { readonly outcome: 'reused'; readonly family: RefreshFamily }
  | { readonly outcome: 'refused' };

/** Starts a family for a sign-in and issues its first token. */
export function beginFamily({ state, clock }: Deps, about: NewFamily): string {
  const now = clock.now();
  const settings = about.client.refresh_token;
  const expires = settings.expiration_type === 'expiring';
  const family: RefreshFamily = {
    id: randomHex(12),
    client_id: about.client.client_id,
    user_id: about.userId,
    audience: about.audience,
    scope: about.scope,
    gty: about.gty,
    // A confidential client authenticates at each use, so its tokens are not bound (RFC 9449 §5).
    jkt: about.client.token_endpoint_auth_method === 'none' ? about.jkt : undefined,
    session: about.session,
    organization: about.organization,
    rotating: settings.rotation_type === 'rotating',
    generation: 0,
    advanced_ms: now,
    created_ms: now,
    last_used_ms: now,
    expires_ms:
      expires && !settings.infinite_token_lifetime ? now + settings.token_lifetime * 1000 : undefined,
    idle_ms:
      expires && !settings.infinite_idle_token_lifetime ? settings.idle_token_lifetime * 1000 : undefined,
    revoked: false,
  };
  return state.transaction(() => {
    state.refreshFamilies.put(family);
    return mint({ state, clock }, family);
  });
}

function mint({ state }: Deps, family: RefreshFamily): string {
  const token = `v1.${randomToken(36)}`;
  state.refreshTokens.put({
    id: digest(token),
    family_id: family.id,
    generation: family.generation,
    expires_ms: family.expires_ms,
  });
  return token;
}

/**
 * Checks a refresh token and consumes it if it is valid, in one synchronous step. A token of the current generation
 * starts the next generation. A token of the previous generation is accepted within the leeway and gets a token of the
 * current one. An older token counts as reuse and revokes the family.
 */
export function redeem(
  { state, clock }: Deps,
  client: Client,
  token: string,
  jkt: string | undefined,
): Redemption {
  return state.transaction((): Redemption => {
    const presented = state.refreshTokens.get(digest(token));
    const family = presented && state.refreshFamilies.get(presented.family_id);
    if (!presented || !family || family.client_id !== client.client_id) return { outcome: 'refused' };
    if (family.revoked || isOver(family, clock.now())) return { outcome: 'refused' };
    // Checked first: a stolen token without its key must not revoke the family.
    requireSameKey(family.jkt, jkt);
    const now = clock.now();
    if (!family.rotating) {
      state.refreshFamilies.put({ ...family, last_used_ms: now });
      return { outcome: 'good', family, token: undefined };
    }
    const age = family.generation - presented.generation;
    const inLeeway = age === 1 && now - family.advanced_ms <= client.refresh_token.leeway * 1000;
    if (age !== 0 && !(inLeeway && client.refresh_token.leeway > 0)) {
      state.refreshFamilies.put({ ...family, revoked: true });
      return { outcome: 'reused', family };
    }
    const advanced: RefreshFamily =
      age === 0
        ? { ...family, generation: family.generation + 1, advanced_ms: now, last_used_ms: now }
        : { ...family, last_used_ms: now };
    state.refreshFamilies.put(advanced);
    return { outcome: 'good', family: advanced, token: mint({ state, clock }, advanced) };
  });
}

/** Whether a family has expired. */
export const isOver = (family: RefreshFamily, now: number): boolean =>
  (family.expires_ms !== undefined && now >= family.expires_ms) ||
  (family.idle_ms !== undefined && now - family.last_used_ms >= family.idle_ms);

/** Revokes the family of a token of this client; ignores tokens that are unknown or another client's. */
export function revokeToken(context: RevokeDeps, client: Client, token: string, ip: string): void {
  const presented = context.state.refreshTokens.get(digest(token));
  const family = presented && context.state.refreshFamilies.get(presented.family_id);
  if (family?.client_id === client.client_id)
    revokeFamily(context, family.id, { client_name: client.name, ip });
}

/** Revokes a family, and logs it if it was not revoked before. */
export function revokeFamily(
  { state, log }: RevokeDeps,
  id: string,
  about: Pick<LogEntry, 'client_name' | 'ip' | 'user_agent'> = {},
): void {
  const family = state.refreshFamilies.get(id);
  if (!family || family.revoked) return;
  state.refreshFamilies.put({ ...family, revoked: true });
  const { user_id, client_id, session } = family;
  const session_id = typeof session?.sid === 'string' ? session.sid : undefined;
  const details = { credential_id: id, ...(session_id !== undefined && { session_id }) };
  log.record({ type: 'srrt', client_id, user_id, ...about, details });
}

/** Revokes all refresh tokens and opaque access tokens of a user. */
export function revokeUserTokens({ state }: Pick<Deps, 'state'>, userId: string): void {
  state.transaction(() => {
    for (const family of state.refreshFamilies.find('user_id', userId))
      state.refreshFamilies.put({ ...family, revoked: true });
    for (const token of state.opaqueTokens.find('user_id', userId)) state.opaqueTokens.remove(token.id);
  });
}
