import { toResourceServer } from '../state/defaults.ts';
import type { ResourceServer } from '../state/settings-documents.ts';

/** What an access token for the MFA API may allow. */
export type MfaScope = 'enroll' | 'read:authenticators' | 'remove:authenticators';

const scopes: readonly MfaScope[] = ['enroll', 'read:authenticators', 'remove:authenticators'];
const lifetimeS = 600;

export const mfaAudience = (issuer: string): string => `${issuer}mfa/`;

/** The API by which users manage their own factors. It is no document: every tenant has it, and no one can change it. */
export const mfaApi = (issuer: string): ResourceServer =>
  toResourceServer({
    id: 'rs_mfa',
    identifier: mfaAudience(issuer),
    name: 'Multi-factor authentication',
    scopes: scopes.map((value) => ({ value })),
    signing_secret: '',
    token_lifetime: lifetimeS,
    token_lifetime_for_web: lifetimeS,
    allow_offline_access: true,
    skip_consent_for_verifiable_first_party_clients: true,
  });
