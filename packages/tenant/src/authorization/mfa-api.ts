import { toResourceServer } from '../state/defaults.ts';
import type { ResourceServer } from '../state/settings-documents.ts';

/** The scopes of the MFA API. */
export type MfaScope = 'enroll' | 'read:authenticators' | 'remove:authenticators';

const SCOPES: readonly MfaScope[] = ['enroll', 'read:authenticators', 'remove:authenticators'];
const LIFETIME_S = 600;

export const mfaAudience = (issuer: string): string => `${issuer}mfa/`;

/** The API for users to manage their own factors. It is built in: every tenant has it, and it cannot be changed. */
export const mfaApi = (issuer: string): ResourceServer =>
  toResourceServer({
    id: 'rs_mfa',
    identifier: mfaAudience(issuer),
    name: 'Multi-factor authentication',
    scopes: SCOPES.map((value) => ({ value })),
    signing_secret: '',
    token_lifetime: LIFETIME_S,
    token_lifetime_for_web: LIFETIME_S,
    allow_offline_access: true,
    skip_consent_for_verifiable_first_party_clients: true,
  });
