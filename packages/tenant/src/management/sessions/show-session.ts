import type { BrowserSession } from '../../state/browser-documents.ts';
import type { RefreshFamily } from '../../state/token-documents.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms));

/** A browser session in API format. Its id is the `sid` of ID tokens. */
export function showSession(session: BrowserSession) {
  const { sid, user_id, auth_time_ms, last_used_ms, idle_ms, expires_ms, clients, amr } = session;
  return {
    id: sid,
    user_id,
    created_at: iso(auth_time_ms),
    updated_at: iso(last_used_ms),
    authenticated_at: iso(auth_time_ms),
    idle_expires_at: iso(last_used_ms + idle_ms),
    expires_at: iso(expires_ms),
    last_interacted_at: iso(last_used_ms),
    device: {},
    clients: clients.map((client_id) => ({ client_id })),
    authentication: { methods: amr.map((name) => ({ name, timestamp: iso(auth_time_ms) })) },
    ...(session.metadata && { session_metadata: session.metadata }),
  };
}

/** A refresh token family in API format: one refresh token, even after rotation. */
export function showRefreshToken(family: RefreshFamily) {
  const { id, user_id, client_id, created_ms, last_used_ms, idle_ms, expires_ms, rotating } = family;
  const sid = family.session?.sid;
  return {
    id,
    user_id,
    created_at: iso(created_ms),
    idle_expires_at: isoOrNull(idle_ms === undefined ? undefined : last_used_ms + idle_ms),
    expires_at: isoOrNull(expires_ms),
    device: {},
    client_id,
    session_id: typeof sid === 'string' ? sid : null,
    rotating,
    resource_servers:
      family.audience === undefined ? [] : [{ audience: family.audience, scopes: family.scope.join(' ') }],
    last_exchanged_at: last_used_ms === created_ms ? null : iso(last_used_ms),
    ...(family.metadata && { refresh_token_metadata: family.metadata }),
  };
}
