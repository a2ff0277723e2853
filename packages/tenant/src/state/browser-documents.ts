import type { ActionProgress, TokenEffects } from './action-documents.ts';

/** An /authorize request that has passed every check. */
export interface AuthorizeRequest {
  readonly client_id: string;
  readonly redirect_uri: string;
  /** One or more of `code`, `token` and `id_token`. */
  readonly response_types: readonly string[];
  readonly response_mode: 'query' | 'fragment' | 'form_post' | 'web_message';
  /** Unchanged, byte for byte. */
  readonly state?: string | undefined;
  readonly nonce?: string | undefined;
  /** As requested; the granted scope is computed when the sign-in completes. */
  readonly scope: readonly string[];
  /** Identifier of an existing API; undefined: the access token is opaque. */
  readonly audience?: string | undefined;
  readonly code_challenge?: string | undefined;
  readonly code_challenge_method?: 'S256' | 'plain' | undefined;
  readonly prompt: readonly string[];
  readonly max_age_s?: number | undefined;
  readonly login_hint?: string | undefined;
  readonly screen_hint?: string | undefined;
  /** Name of a connection that is enabled for the client. */
  readonly connection?: string | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** The ticket of an invitation to the organization. */
  readonly invitation?: string | undefined;
  readonly acr_values: readonly string[];
  readonly ui_locales?: string | undefined;
  /** RFC 9449 §10: the thumbprint of the key that the code is bound to. */
  readonly dpop_jkt?: string | undefined;
  /** The `ext-` parameters. */
  readonly ext: Readonly<Record<string, string>>;
  /** The device that the sign-in is for (RFC 8628): it polls for its tokens, so nothing is sent to `redirect_uri`. */
  readonly device_id?: string | undefined;
}

/** A browser sign-in in progress; its id is the `state` of the /u pages. */
export interface LoginTransaction {
  readonly id: string;
  /** SHA-256 of the cookie that binds it to its browser. */
  readonly binding: string;
  readonly request: AuthorizeRequest;
  /** Undefined until a user has signed in. */
  readonly user_id?: string | undefined;
  /** The connection that they signed in with. */
  readonly connection?: string | undefined;
  /** Authentication methods of this transaction or of the session that it continues: `pwd`, `otp`, `mfa` … */
  readonly amr: readonly string[];
  readonly auth_time_ms?: number | undefined;
  /** The browser session, if there is one. */
  readonly sid?: string | undefined;
  /** Whether the user has accepted the request's invitation in this transaction. */
  readonly invited?: boolean | undefined;
  /** Whether the user has chosen to sign in without an organization. */
  readonly personal?: boolean | undefined;
  /** Whether the user has consented in this transaction. */
  readonly consented: boolean;
  /** Whether the user has confirmed the sign-in in this transaction. */
  readonly confirmed: boolean;
  /** Whether the user has authenticated in this transaction and not in an earlier one. */
  readonly fresh: boolean;
  /** Undefined: no post-login Action has run yet. */
  readonly actions?: ActionProgress | undefined;
  readonly expires_ms: number;
}

/** The session of a signed-in browser. */
export interface BrowserSession {
  /** SHA-256 of the cookie. */
  readonly id: string;
  /** The `sid` of ID tokens and logout tokens; it stays the same when the cookie is renewed. */
  readonly sid: string;
  readonly user_id: string;
  readonly connection: string;
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
  readonly last_used_ms: number;
  /** Absolute end of the session. */
  readonly expires_ms: number;
  /** Idle timeout in milliseconds. */
  readonly idle_ms: number;
  /** Clients that have tokens of this session and are notified when it ends. */
  readonly clients: readonly string[];
  /** Session metadata, set by the Management API. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A completed browser sign-in whose tokens the client has to fetch. */
export interface GrantedSignIn {
  readonly request: AuthorizeRequest;
  readonly user_id: string;
  readonly sid: string;
  /** As granted. */
  readonly scope: readonly string[];
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
  /** What Actions have changed in the tokens. */
  readonly effects?: TokenEffects | undefined;
}

/** An authorization code. It is kept for a while after its use, so that a replay can be detected. */
export interface AuthorizationCode extends GrantedSignIn {
  /** SHA-256 of the code. */
  readonly id: string;
  /** When the code expires. */
  readonly usable_until_ms: number;
  readonly used: boolean;
  readonly replayed: boolean;
  /** The refresh token family that the code issued. */
  readonly family_id?: string | undefined;
  /** SHA-256 of the opaque access token that the code issued. */
  readonly opaque_token_id?: string | undefined;
  readonly expires_ms: number;
}

/** A device that waits for its user, or for its tokens (RFC 8628). */
export interface DeviceAuthorization {
  /** SHA-256 of the device code. */
  readonly id: string;
  /** Upper case, without separators. */
  readonly user_code: string;
  /** The user code as the device shows it. */
  readonly shown_code: string;
  readonly client_id: string;
  /** As requested. */
  readonly scope: readonly string[];
  /** Identifier of an existing API; undefined: the access token is opaque. */
  readonly audience?: string | undefined;
  readonly status: 'pending' | 'connected' | 'denied' | 'used';
  /** Why it was denied. */
  readonly reason?: string | undefined;
  /** The sign-in of its user, once it is connected. */
  readonly sign_in?: GrantedSignIn | undefined;
  /** When it was last polled. */
  readonly polled_ms?: number | undefined;
  /** When both of its codes expire. */
  readonly usable_until_ms: number;
  readonly expires_ms: number;
}

/** A user's consent to a client: a "grant" of the Management API. */
export interface Consent {
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  /** Absent for the scopes of /userinfo alone. */
  readonly audience: string;
  /** The organization; a consent does not apply to any other. */
  readonly organization?: string | undefined;
  readonly scope: readonly string[];
}

/** A pushed authorization request (RFC 9126). */
export interface PushedRequest {
  /** SHA-256 of the `request_uri`. */
  readonly id: string;
  readonly client_id: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly expires_ms: number;
}

/** A logout that waits for the user's confirmation. */
export interface PendingLogout {
  /** SHA-256 of the form's secret. */
  readonly id: string;
  /** The session to end. */
  readonly session_id: string;
  readonly client_id?: string | undefined;
  /** Where to redirect afterwards. */
  readonly target?: string | undefined;
  readonly expires_ms: number;
}
