import type { ActionProgress } from './action-documents.ts';
import type { User } from './user-documents.ts';

/** MFA factors, as the Management API names them. `sms` is a phone, by text or voice. */
export type FactorName = 'otp' | 'sms' | 'email' | 'push-notification' | 'recovery-code';

/** The tenant's MFA settings. */
export interface Guardian {
  /** Empty: only enrolled users are asked for a factor. */
  readonly policies: readonly ('all-applications' | 'confidence-score')[];
  readonly factors: Readonly<Record<FactorName, { readonly enabled: boolean }>>;
  /** How codes reach phones. */
  readonly phone_message_types: readonly ('sms' | 'voice')[];
}

/** The channel of an out-of-band authenticator; `auth0` is a push of the Guardian app. */
export type OobChannel = 'sms' | 'voice' | 'email' | 'auth0';

/** A second factor of a user. */
export interface Authenticator {
  /** `totp|dev_…`, `sms|dev_…`, `voice|dev_…`, `email|dev_…`, `push|dev_…`, `recovery-code|dev_…` */
  readonly id: string;
  readonly user_id: string;
  /** A name that the Management API gave it. */
  readonly name?: string | undefined;
  readonly authenticator_type: 'otp' | 'oob' | 'recovery-code';
  /** Whether the user has confirmed it. */
  readonly active: boolean;
  readonly oob_channel?: OobChannel | undefined;
  /** A phone number or an e-mail address. */
  readonly address?: string | undefined;
  /** Base32 secret of a TOTP authenticator. */
  readonly secret?: string | undefined;
  /** The newest accepted TOTP step; this step and earlier ones are used up. */
  readonly last_step?: number | undefined;
  /** SHA-256 of the recovery code. */
  readonly code_digest?: string | undefined;
  /** Shared by authenticators that are enrolled together and removed together. */
  readonly enrolment: string;
  /** ISO 8601. */
  readonly created_at: string;
  /** ISO 8601. */
  readonly last_auth_at?: string | undefined;
}

/** A sign-in that waits for its second factor. */
export interface MfaTicket {
  /** SHA-256 of the `mfa_token`. */
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  /** The connection of the first factor. */
  readonly connection: string;
  readonly audience?: string | undefined;
  readonly scope: readonly string[];
  /** The `gty` claim of the tokens to issue. */
  readonly gty?: string | undefined;
  /** Post-login Actions that have run before; undefined: none has. */
  readonly actions?: ActionProgress | undefined;
  readonly expires_ms: number;
}

/** A link with which a user enrols a second factor outside of a sign-in. It works once. */
export interface EnrolmentTicket {
  /** SHA-256 of its secret. */
  readonly id: string;
  readonly user_id: string;
  /** The only factor to enrol; undefined: the user chooses. */
  readonly factor?: 'otp' | 'phone' | 'email' | 'push-notification' | undefined;
  /** Whether a user who has a second factor can enrol another. */
  readonly allow_multiple: boolean;
  readonly expires_ms: number;
}

/** A code that was sent to an authenticator, or a pending push. */
export interface MfaChallenge {
  /** SHA-256 of the `oob_code`. */
  readonly id: string;
  readonly user_id: string;
  readonly authenticator_id: string;
  /** The `mfa_token`, sign-in or enrolment that it belongs to. */
  readonly holder: string;
  /** SHA-256 of the code that was sent; undefined for a push. */
  readonly code_digest?: string | undefined;
  /** The response to a push. */
  readonly answer?: 'pending' | 'approved' | 'rejected' | undefined;
  /** SHA-256 of the secret in a push's link. */
  readonly push_id?: string | undefined;
  /** When it was last polled. */
  readonly polled_ms?: number | undefined;
  readonly expires_ms: number;
}

/** A verified second factor of a browser sign-in or an enrolment, kept while the user writes down their recovery code. */
export interface FactorProof {
  /** Id of the login transaction or of the enrolment ticket. */
  readonly id: string;
  readonly user_id: string;
  readonly amr: readonly string[];
  readonly expires_ms: number;
}

/** A passkey: a first factor of a user (WebAuthn). */
export interface Passkey {
  /** `passkey|dev_…` */
  readonly id: string;
  readonly user_id: string;
  /** A name that the Management API gave it. */
  readonly name?: string | undefined;
  /** As its authenticator names it, in base64url. */
  readonly credential_id: string;
  /** COSE key in base64url. */
  readonly public_key: string;
  /** The signature counter of its last use. */
  readonly counter: number;
  readonly transports?: readonly string[] | undefined;
  readonly device_type: 'single_device' | 'multi_device';
  readonly backed_up: boolean;
  /** What its authenticator returns for the user, in base64url. */
  readonly user_handle: string;
  /** Of the device that made it. */
  readonly user_agent?: string | undefined;
  /** ISO 8601. */
  readonly created_at: string;
  /** ISO 8601. */
  readonly last_auth_at?: string | undefined;
}

/** A WebAuthn ceremony that a client has begun. */
export interface PasskeyChallenge {
  /** SHA-256 of the `auth_session`. */
  readonly id: string;
  readonly client_id: string;
  /** Name of the database connection. */
  readonly connection: string;
  /** In base64url. */
  readonly challenge: string;
  /** The account that a sign-up will create; undefined: a sign-in. */
  readonly account?: NewAccount | undefined;
  readonly expires_ms: number;
}

/** A user who is about to be created. */
export interface NewAccount {
  /** 24 hexadecimal digits. */
  readonly id: string;
  readonly profile: Pick<
    Partial<User>,
    | 'email'
    | 'username'
    | 'phone_number'
    | 'given_name'
    | 'family_name'
    | 'name'
    | 'nickname'
    | 'picture'
    | 'user_metadata'
  >;
}

/** The current code or link of an address. There is at most one. */
export interface PasswordlessCode {
  /** Connection and address. */
  readonly id: string;
  /** The client that requested it, or the browser sign-in. */
  readonly holder: string;
  /** SHA-256. */
  readonly code_digest: string;
  readonly failures: number;
  readonly expires_ms: number;
}
