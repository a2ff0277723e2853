/** A signing key. Its status changes from next to current to previous; then it is revoked. */
export interface SigningKeyDocument {
  readonly kid: string;
  readonly age: 'next' | 'current' | 'previous';
  /** PKCS #8. */
  readonly private_pem: string;
  /** Self-signed certificate. */
  readonly cert_pem: string;
  /** The certificate as PKCS #7; absent in keys of earlier versions. */
  readonly pkcs7_pem?: string | undefined;
  /** RFC 7517: `{kty, n, e, x5c, x5t}`. */
  readonly public_jwk: Readonly<Record<string, unknown>>;
}

/**
 * All refresh tokens that descend from one sign-in. A revoked family is kept, so that a token issued during the
 * revocation is invalid too.
 */
export interface RefreshFamily {
  readonly id: string;
  readonly client_id: string;
  readonly user_id: string;
  /** Undefined: the access tokens are opaque. */
  readonly audience?: string | undefined;
  readonly scope: readonly string[];
  /** The `gty` of the original grant, such as `password`; undefined for redirect sign-ins. */
  readonly gty?: string | undefined;
  /** Claims of the browser session for its ID tokens: `sid`, `auth_time`, `amr`. */
  readonly session?: Readonly<Record<string, unknown>> | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** Thumbprint of the DPoP key that each use needs (RFC 9449 §5); undefined: none. */
  readonly jkt?: string | undefined;
  readonly rotating: boolean;
  /** Tokens of this generation are valid; those of the previous one only within the leeway. */
  readonly generation: number;
  readonly advanced_ms: number;
  readonly created_ms: number;
  readonly last_used_ms: number;
  /** Absolute end of the family; undefined: none. */
  readonly expires_ms?: number | undefined;
  /** Idle timeout in milliseconds; undefined: none. */
  readonly idle_ms?: number | undefined;
  readonly revoked: boolean;
  /** Metadata, set by the Management API. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface RefreshToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly family_id: string;
  readonly generation: number;
  /** The same as its family's; undefined: none. */
  readonly expires_ms?: number | undefined;
}

/** An access token that is not a JWT; valid only for /userinfo. */
export interface OpaqueToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  /** Thumbprint of the DPoP key that it is bound to; undefined: a bearer token. */
  readonly jkt?: string | undefined;
  readonly expires_ms: number;
}

/** A used client assertion, for replay detection by `jti` (RFC 7523 §3). */
export interface UsedAssertion {
  readonly id: string;
  readonly expires_ms: number;
}

/** A used DPoP proof, for replay detection (RFC 9449 §11.1). */
export interface UsedProof {
  /** SHA-256 of the key's thumbprint and `jti`. */
  readonly id: string;
  readonly expires_ms: number;
}

/** The accepted nonces of DPoP proofs (RFC 9449 §8). */
export interface DpopNonces {
  readonly current: string;
  readonly previous?: string | undefined;
  readonly since_ms: number;
}

/** A token bucket of a rate limit. */
export interface Bucket {
  readonly id: string;
  readonly tokens: number;
  readonly at_ms: number;
  readonly expires_ms: number;
}

/** A mail or text message that a real tenant would send. */
export interface Mail {
  readonly to: string;
  /** `verify_email`, `reset_password`, `blocked_account`, `passwordless_code` … */
  readonly kind: string;
  readonly subject: string;
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** The language that the request asked for, as Auth0 gives it to a template: `de-AT, de;q=0.9`. */
  readonly request_language?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/** A log event, with Auth0's event code. */
/** Details of an entry: the API operation, or the session and token that were revoked. */
export interface LogDetails {
  readonly request?: {
    readonly method: string;
    /** The raw path, with its prefix: `/api/v2/users/auth0%7C…`. */
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly channel: 'api';
    readonly ip: string;
    readonly auth: object;
  };
  readonly response?: { readonly statusCode: number; readonly body?: object };
  readonly session_id?: string | undefined;
  readonly credential_id?: string | undefined;
  readonly grant_id?: string | undefined;
}

export interface LogEntry {
  readonly log_id: string;
  /** ISO 8601. */
  readonly date: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly connection?: string | undefined;
  readonly client_id?: string | undefined;
  readonly client_name?: string | undefined;
  /**
   * The caller's address. `client_ip` is the server that forwarded the request, if the client may name the user's
   * address.
   */
  readonly ip?: string | undefined;
  readonly client_ip?: string | undefined;
  readonly user_agent?: string | undefined;
  readonly user_id?: string | undefined;
  readonly user_name?: string | undefined;
  readonly audience?: string | undefined;
  readonly organization_id?: string | undefined;
  readonly organization_name?: string | undefined;
  readonly scope?: string | undefined;
  readonly hostname?: string | undefined;
  readonly details?: LogDetails | undefined;
}
