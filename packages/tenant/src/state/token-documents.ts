/** A key that signs tokens. Ages: next → current → previous, then taken out. */
export interface SigningKeyDocument {
  readonly kid: string;
  readonly age: 'next' | 'current' | 'previous';
  /** PKCS #8. */
  readonly private_pem: string;
  /** Self-signed certificate. */
  readonly cert_pem: string;
  /** RFC 7517: `{kty, n, e, x5c, x5t}`. */
  readonly public_jwk: Readonly<Record<string, unknown>>;
}

/**
 * All refresh tokens that descend from one sign-in. It stays after its end as a tombstone, so that a
 * token made while it was being revoked is dead too.
 */
export interface RefreshFamily {
  readonly id: string;
  readonly client_id: string;
  readonly user_id: string;
  /** Undefined: the access tokens are opaque. */
  readonly audience?: string | undefined;
  readonly scope: readonly string[];
  /** How its first token came to be: `password` and so on; undefined for redirect sign-ins. */
  readonly gty?: string | undefined;
  /** What its ID tokens repeat of the browser's sign-in: `sid`, `auth_time`, `amr`. */
  readonly session?: Readonly<Record<string, unknown>> | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** Thumbprint of the key that must prove each use (RFC 9449 §5); undefined: none. */
  readonly jkt?: string | undefined;
  readonly rotating: boolean;
  /** Tokens of this generation work; those of the one before only within the leeway. */
  readonly generation: number;
  readonly advanced_ms: number;
  readonly created_ms: number;
  readonly last_used_ms: number;
  /** End of the whole family; undefined: never. */
  readonly expires_ms?: number | undefined;
  /** Milliseconds without use that end it; undefined: any. */
  readonly idle_ms?: number | undefined;
  readonly revoked: boolean;
  /** What the Management API has noted on it. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface RefreshToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly family_id: string;
  readonly generation: number;
  /** As its family's; undefined: never. */
  readonly expires_ms?: number | undefined;
}

/** An access token that is not a JWT: good at /userinfo only. */
export interface OpaqueToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  /** Thumbprint of the key that it is bound to; undefined: a bearer token. */
  readonly jkt?: string | undefined;
  readonly expires_ms: number;
}

/** A client assertion that has been used (RFC 7523 §3, `jti`). */
export interface UsedAssertion {
  readonly id: string;
  readonly expires_ms: number;
}

/** A DPoP proof that has been used (RFC 9449 §11.1). */
export interface UsedProof {
  /** SHA-256 of its key's thumbprint and its `jti`. */
  readonly id: string;
  readonly expires_ms: number;
}

/** The nonces that DPoP proofs may carry (RFC 9449 §8). */
export interface DpopNonces {
  readonly current: string;
  readonly previous?: string | undefined;
  readonly since_ms: number;
}

/** A bucket of a rate limit. */
export interface Bucket {
  readonly id: string;
  readonly tokens: number;
  readonly at_ms: number;
  readonly expires_ms: number;
}

/** Something the tenant would have mailed or texted. */
export interface Mail {
  readonly to: string;
  /** `verify_email`, `reset_password`, `blocked_account`, `passwordless_code` … */
  readonly kind: string;
  readonly subject: string;
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/** What happened, in Auth0's event codes. */
export interface LogEntry {
  readonly log_id: string;
  /** ISO 8601. */
  readonly date: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly connection?: string | undefined;
  readonly client_id?: string | undefined;
  readonly client_name?: string | undefined;
  /** Whose request it was; `client_ip` is the server that passed it on, where the client may name the user's. */
  readonly ip?: string | undefined;
  readonly client_ip?: string | undefined;
  readonly user_agent?: string | undefined;
  readonly user_id?: string | undefined;
  readonly user_name?: string | undefined;
  readonly audience?: string | undefined;
  readonly scope?: string | undefined;
  readonly hostname?: string | undefined;
}
