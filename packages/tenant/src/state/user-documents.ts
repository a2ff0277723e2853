import type { Permission } from './settings-documents.ts';

export interface Identity {
  readonly connection: string;
  readonly user_id: string;
  readonly provider: string;
  readonly isSocial: boolean;
  /** Of a linked identity: the profile that it had as a user of its own. */
  readonly profileData?: Readonly<Record<string, unknown>> | undefined;
}

/** A user, in the Management API's format. Times are ISO 8601. */
export interface User {
  /** `auth0|` and 24 hexadecimal digits, unless a seed sets another id. */
  readonly user_id: string;
  readonly email?: string | undefined;
  readonly email_verified: boolean;
  readonly username?: string | undefined;
  readonly phone_number?: string | undefined;
  readonly phone_verified?: boolean | undefined;
  readonly name: string;
  readonly nickname: string;
  readonly picture: string;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly identities: readonly Identity[];
  readonly user_metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly app_metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly blocked?: boolean | undefined;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_login?: string | undefined;
  readonly last_ip?: string | undefined;
  readonly last_password_reset?: string | undefined;
  readonly logins_count: number;
}

/** A user's password, stored apart from the user so that no user listing can contain it. */
export interface Credentials {
  readonly user_id: string;
  /** PHC string. */
  readonly hash: string;
  /** Earlier hashes, newest first, for password history. */
  readonly previous: readonly string[];
}

/** What a user may do: RBAC roles and permissions. */
export interface Authorizations {
  readonly user_id: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
  /** Whether the tenant signs the user in without a page. Not on Auth0. */
  readonly auto_login?: boolean | undefined;
}

/** Failed sign-ins of an identifier from an address (brute-force protection). */
export interface LoginFailures {
  readonly id: string;
  /** As typed by the user, in lower case. */
  readonly identifier: string;
  readonly connection: string;
  /** `*` if the tenant counts per identifier only. */
  readonly ip: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly expires_ms: number;
}

/** A single-use link that was mailed to a user. */
export interface Ticket {
  /** SHA-256 of the secret. */
  readonly id: string;
  readonly purpose: 'verify_email' | 'reset_password' | 'unblock';
  readonly user_id: string;
  /** The address that it was mailed to; the ticket is invalid when the user's address has changed. */
  readonly email: string;
  readonly client_id?: string | undefined;
  /** Where to redirect after the link has been used; undefined: a confirmation page. */
  readonly result_url?: string | undefined;
  /** Whether the redirect carries the address. */
  readonly email_in_redirect?: boolean | undefined;
  /** For a password reset: using the link verifies the user's address. */
  readonly mark_email_as_verified?: boolean | undefined;
  readonly expires_ms: number;
}
