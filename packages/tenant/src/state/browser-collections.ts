import type {
  AuthorizationCode,
  BrowserSession,
  Consent,
  DeviceAuthorization,
  LoginTransaction,
  PendingLogout,
  PushedRequest,
} from './browser-documents.ts';
import { createCollection } from './collection.ts';
import type { Invitation, Organization } from './organization-documents.ts';
import type { Store } from './store.ts';

/** The id of a user's consent to a client at an API. */
export const consentKey = (userId: string, clientId: string, audience: string): string =>
  [userId, clientId, audience].join('\n');

/** The collections of browser sign-ins. */
export const browserCollections = (store: Store) => ({
  loginTransactions: createCollection<LoginTransaction, 'user_id'>(store, {
    name: 'login_transactions',
    id: (t) => t.id,
    keys: (t) => ({ user_id: t.user_id }),
    expiresMs: (t) => t.expires_ms,
  }),
  browserSessions: createCollection<BrowserSession, 'sid' | 'user_id'>(store, {
    name: 'browser_sessions',
    id: (s) => s.id,
    keys: (s) => ({ sid: s.sid, user_id: s.user_id }),
    expiresMs: (s) => s.expires_ms,
  }),
  codes: createCollection<AuthorizationCode, 'user_id'>(store, {
    name: 'codes',
    id: (c) => c.id,
    keys: (c) => ({ user_id: c.user_id }),
    expiresMs: (c) => c.expires_ms,
  }),
  deviceAuthorizations: createCollection<DeviceAuthorization, 'user_code' | 'user_id'>(store, {
    name: 'device_authorizations',
    id: (d) => d.id,
    keys: (d) => ({ user_code: d.user_code, user_id: d.sign_in?.user_id }),
    expiresMs: (d) => d.expires_ms,
  }),
  consents: createCollection<Consent, 'user_id' | 'client_id' | 'key'>(store, {
    name: 'consents',
    id: (c) => c.id,
    keys: (c) => ({
      user_id: c.user_id,
      client_id: c.client_id,
      key: consentKey(c.user_id, c.client_id, c.audience),
    }),
  }),
  pushedRequests: createCollection<PushedRequest>(store, {
    name: 'pushed_requests',
    id: (p) => p.id,
    expiresMs: (p) => p.expires_ms,
  }),
  pendingLogouts: createCollection<PendingLogout>(store, {
    name: 'pending_logouts',
    id: (p) => p.id,
    expiresMs: (p) => p.expires_ms,
  }),
  organizations: createCollection<Organization, 'name'>(store, {
    name: 'organizations',
    id: (o) => o.id,
    keys: (o) => ({ name: o.name }),
  }),
  invitations: createCollection<Invitation, 'organization_id' | 'ticket_id'>(store, {
    name: 'invitations',
    id: (i) => i.id,
    keys: (i) => ({ organization_id: i.organization_id, ticket_id: i.ticket_id }),
  }),
});
