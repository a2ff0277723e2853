/** An /authorize request that has passed every check. */
export interface AuthorizeRequest {
  readonly client_id: string;
  readonly redirect_uri: string;
  /** Of `code`, `token` and `id_token`, one or more. */
  readonly response_types: readonly string[];
  readonly response_mode: 'query' | 'fragment' | 'form_post' | 'web_message';
  /** As it came, byte for byte. */
  readonly state?: string | undefined;
  readonly nonce?: string | undefined;
  /** As asked; what of it is granted is decided at the end. */
  readonly scope: readonly string[];
  /** Identifier of an API that exists; undefined: the access token is opaque. */
  readonly audience?: string | undefined;
  readonly code_challenge?: string | undefined;
  readonly code_challenge_method?: 'S256' | 'plain' | undefined;
  readonly prompt: readonly string[];
  readonly max_age_s?: number | undefined;
  readonly login_hint?: string | undefined;
  readonly screen_hint?: string | undefined;
  /** Name of a connection that the client may use. */
  readonly connection?: string | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  readonly acr_values: readonly string[];
  readonly ui_locales?: string | undefined;
  /** RFC 9449 §10: the key that must prove the code's exchange. */
  readonly dpop_jkt?: string | undefined;
  /** The `ext-` parameters. */
  readonly ext: Readonly<Record<string, string>>;
}

/** A sign-in in a browser that is under way; its id is the `state` of the /u pages. */
export interface LoginTransaction {
  readonly id: string;
  /** SHA-256 of the cookie that ties it to the browser it began in. */
  readonly binding: string;
  readonly request: AuthorizeRequest;
  /** Undefined until somebody has proved who they are. */
  readonly user_id?: string | undefined;
  /** By which connection they did. */
  readonly connection?: string | undefined;
  /** How they did, in this transaction or in the session it goes on with: `pwd`, `otp`, `mfa` … */
  readonly amr: readonly string[];
  readonly auth_time_ms?: number | undefined;
  /** The browser session, once there is one. */
  readonly sid?: string | undefined;
  /** Whether the user has agreed in this transaction. */
  readonly consented: boolean;
  /** Whether the user has confirmed in this transaction that they meant it. */
  readonly confirmed: boolean;
  /** Whether the user has proved who they are in this transaction, not before. */
  readonly fresh: boolean;
  readonly expires_ms: number;
}

/** A browser that is signed in. */
export interface BrowserSession {
  /** SHA-256 of the cookie. */
  readonly id: string;
  /** What ID tokens and logout tokens call it; it outlives the cookie's renewal. */
  readonly sid: string;
  readonly user_id: string;
  readonly connection: string;
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
  readonly last_used_ms: number;
  /** End of the session, however much it is used. */
  readonly expires_ms: number;
  /** Milliseconds without use that end it. */
  readonly idle_ms: number;
  /** Clients that got tokens of this session: those to tell when it ends. */
  readonly clients: readonly string[];
  /** What the Management API has noted on it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** An authorization code. It stays for a while after its use, so that a replay is known as one. */
export interface AuthorizationCode {
  /** SHA-256 of the code. */
  readonly id: string;
  readonly request: AuthorizeRequest;
  readonly user_id: string;
  readonly sid: string;
  /** As granted. */
  readonly scope: readonly string[];
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
  /** End of its use. */
  readonly usable_until_ms: number;
  readonly used: boolean;
  readonly replayed: boolean;
  /** The refresh tokens it gave. */
  readonly family_id?: string | undefined;
  /** SHA-256 of the opaque access token it gave. */
  readonly opaque_token_id?: string | undefined;
  readonly expires_ms: number;
}

/** What a user has let a client have: a "grant" of the Management API. */
export interface Consent {
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  /** Without an API: that of /userinfo. */
  readonly audience: string;
  /** In which organization; a consent holds in no other. */
  readonly organization?: string | undefined;
  readonly scope: readonly string[];
}

/** What a client has pushed to /oauth/par (RFC 9126). */
export interface PushedRequest {
  /** SHA-256 of the `request_uri`. */
  readonly id: string;
  readonly client_id: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly expires_ms: number;
}

/** A logout that waits for the person's word. */
export interface PendingLogout {
  /** SHA-256 of the form's secret. */
  readonly id: string;
  /** The session to end. */
  readonly session_id: string;
  readonly client_id?: string | undefined;
  /** Where to go then. */
  readonly target?: string | undefined;
  readonly expires_ms: number;
}

export interface Organization {
  /** `org_` and 16 characters. */
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  /** Whether strict third parties may sign its members in. */
  readonly third_party_client_access: 'allow' | 'deny';
  /** Ids of the users who belong to it. */
  readonly members: readonly string[];
}
