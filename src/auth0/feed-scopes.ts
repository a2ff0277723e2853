/** What a tenant's log is read with, and what its entries are looked up with. */
const LOG_SCOPES = ['read:logs', 'read:users', 'read:refresh_tokens', 'read:client_grants'] as const;
const EVENTS_SCOPE = 'read:events';

/** The scopes of the Management API that a setting of REVOCATION_FEED needs; undefined is its default. */
export function toFeedScopes(feed: 'off' | 'logs' | 'events' | undefined): readonly string[] {
  if (feed === 'off') return [];
  return feed === 'events' ? [...LOG_SCOPES, EVENTS_SCOPE] : LOG_SCOPES;
}
