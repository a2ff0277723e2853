/** Ways of MFA, as the Management API names them. `sms` is phones, by text or by voice. */
export type FactorName = 'otp' | 'sms' | 'email' | 'push-notification' | 'recovery-code';

/** What the tenant asks of second factors. */
export interface Guardian {
  /** Empty: only users who have enrolled are asked. */
  readonly policies: readonly ('all-applications' | 'confidence-score')[];
  readonly factors: Readonly<Record<FactorName, { readonly enabled: boolean }>>;
  /** How phones are reached. */
  readonly phone_message_types: readonly ('sms' | 'voice')[];
}

/** How an out-of-band authenticator is reached; `auth0` is the Guardian app's push. */
export type OobChannel = 'sms' | 'voice' | 'email' | 'auth0';

/** A second factor of a user. */
export interface Authenticator {
  /** `totp|dev_…`, `sms|dev_…`, `voice|dev_…`, `email|dev_…`, `push|dev_…`, `recovery-code|dev_…` */
  readonly id: string;
  readonly user_id: string;
  readonly authenticator_type: 'otp' | 'oob' | 'recovery-code';
  /** Whether its user has confirmed it. */
  readonly active: boolean;
  readonly oob_channel?: OobChannel | undefined;
  /** Phone number or e-mail address. */
  readonly address?: string | undefined;
  /** Base32, of a TOTP authenticator. */
  readonly secret?: string | undefined;
  /** Number of the newest TOTP step that was accepted; it and those before are used up. */
  readonly last_step?: number | undefined;
  /** SHA-256 of the recovery code. */
  readonly code_digest?: string | undefined;
  /** The same for those that were enrolled in one go, and go in one go. */
  readonly enrolment: string;
  /** ISO 8601. */
  readonly created_at: string;
  /** ISO 8601. */
  readonly last_auth_at?: string | undefined;
}

/** A sign-in that waits for a second factor. */
export interface MfaTicket {
  /** SHA-256 of the `mfa_token`. */
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  /** By which connection the first factor was proven. */
  readonly connection: string;
  readonly audience?: string | undefined;
  readonly scope: readonly string[];
  /** The `gty` of the tokens to come. */
  readonly gty?: string | undefined;
  readonly expires_ms: number;
}

/** A code that was sent to an authenticator, or a push that waits for an answer. */
export interface MfaChallenge {
  /** SHA-256 of the `oob_code`. */
  readonly id: string;
  readonly user_id: string;
  readonly authenticator_id: string;
  /** The `mfa_token`, sign-in or enrolment that it was made for. */
  readonly holder: string;
  /** SHA-256 of the code that was sent; undefined for a push. */
  readonly code_digest?: string | undefined;
  /** Of a push: what the person with the device has said. */
  readonly answer?: 'pending' | 'approved' | 'rejected' | undefined;
  /** SHA-256 of the secret in a push's link. */
  readonly push_id?: string | undefined;
  /** When it was last polled. */
  readonly polled_ms?: number | undefined;
  readonly expires_ms: number;
}

/** That a sign-in by browser has given its second factor, kept while its user writes down their recovery code. */
export interface FactorProof {
  /** Of the login transaction. */
  readonly id: string;
  readonly user_id: string;
  readonly amr: readonly string[];
  readonly expires_ms: number;
}

/** The one code or link that an address may sign in with. */
export interface PasswordlessCode {
  /** Connection and address. */
  readonly id: string;
  /** The client that asked for it, or the sign-in of a browser. */
  readonly holder: string;
  /** SHA-256. */
  readonly code_digest: string;
  readonly failures: number;
  readonly expires_ms: number;
}
