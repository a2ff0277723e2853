import type { Permission } from './settings-documents.ts';

export interface Identity {
  readonly connection: string;
  readonly user_id: string;
  readonly provider: string;
  readonly isSocial: boolean;
}

/** A user, as the Management API shows one. Times are ISO 8601. */
export interface User {
  /** `auth0|` and 24 hexadecimal digits, unless a seed says otherwise. */
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

/** A user's password, kept apart so that no listing of users can show it. */
export interface Credentials {
  readonly user_id: string;
  /** PHC string. */
  readonly hash: string;
  /** Earlier hashes, newest first, for connections that forbid reuse. */
  readonly previous: readonly string[];
}

/** What RBAC has given a user, apart from the API's own settings. */
export interface Authorizations {
  readonly user_id: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Failed sign-ins of one identifier from one address (brute-force protection). */
export interface LoginFailures {
  readonly id: string;
  /** As typed, lower case. */
  readonly identifier: string;
  readonly connection: string;
  /** `*` where the tenant counts per identifier alone. */
  readonly ip: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly expires_ms: number;
}

/** A link's secret: what it was mailed for, and to whom. Single use. */
export interface Ticket {
  /** SHA-256 of the secret. */
  readonly id: string;
  readonly purpose: 'verify_email' | 'reset_password' | 'unblock';
  readonly user_id: string;
  /** Where it was sent; it is void once the user has another address. */
  readonly email: string;
  readonly client_id?: string | undefined;
  /** Where the browser goes once the link has done what it is for; undefined: a page of ours says so. */
  readonly result_url?: string | undefined;
  /** Whether the redirect tells the address. */
  readonly email_in_redirect?: boolean | undefined;
  /** Of a password reset: whoever has the link has shown that the address is theirs. */
  readonly mark_email_as_verified?: boolean | undefined;
  readonly expires_ms: number;
}
