import { createCollection } from './collection.ts';
import type {
  Authenticator,
  EnrolmentTicket,
  FactorProof,
  MfaChallenge,
  MfaTicket,
  Passkey,
  PasskeyChallenge,
  PasswordlessCode,
} from './factor-documents.ts';
import type { Store } from './store.ts';

/** How long an expired document stays distinguishable from one that never existed. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/** The collections of second factors and sent codes. */
export const factorCollections = (store: Store) => ({
  authenticators: createCollection<Authenticator, 'user_id'>(store, {
    name: 'authenticators',
    id: (a) => a.id,
    keys: (a) => ({ user_id: a.user_id }),
  }),
  mfaTickets: createCollection<MfaTicket, 'user_id'>(store, {
    name: 'mfa_tickets',
    id: (t) => t.id,
    keys: (t) => ({ user_id: t.user_id }),
    expiresMs: (t) => t.expires_ms + REMEMBERED_MS,
  }),
  enrolmentTickets: createCollection<EnrolmentTicket, 'user_id'>(store, {
    name: 'enrolment_tickets',
    id: (t) => t.id,
    keys: (t) => ({ user_id: t.user_id }),
    expiresMs: (t) => t.expires_ms,
  }),
  mfaChallenges: createCollection<MfaChallenge, 'user_id' | 'holder' | 'push_id' | 'authenticator_id'>(
    store,
    {
      name: 'mfa_challenges',
      id: (c) => c.id,
      keys: (c) => ({
        user_id: c.user_id,
        holder: c.holder,
        push_id: c.push_id,
        authenticator_id: c.authenticator_id,
      }),
      expiresMs: (c) => c.expires_ms + REMEMBERED_MS,
    },
  ),
  factorProofs: createCollection<FactorProof>(store, {
    name: 'factor_proofs',
    id: (p) => p.id,
    expiresMs: (p) => p.expires_ms,
  }),
  passkeys: createCollection<Passkey, 'user_id' | 'credential_id'>(store, {
    name: 'passkeys',
    id: (p) => p.id,
    keys: (p) => ({ user_id: p.user_id, credential_id: p.credential_id }),
  }),
  passkeyChallenges: createCollection<PasskeyChallenge>(store, {
    name: 'passkey_challenges',
    id: (c) => c.id,
    expiresMs: (c) => c.expires_ms,
  }),
  passwordlessCodes: createCollection<PasswordlessCode>(store, {
    name: 'passwordless_codes',
    id: (c) => c.id,
    expiresMs: (c) => c.expires_ms,
  }),
});
