import type { Claims, RequestInfo } from '../http/route.ts';

/** Revokes a refresh token, if given, at the tenant in the background. */
export type RevokeLater = (refreshToken: string | undefined) => void;

/** How a session started. After `redirect` the tenant has a session too. */
export type SignInMethod = 'password' | 'redirect' | 'code' | 'passwordless';

/** The tokens that the tenant issued at a sign-in. */
export interface SessionTokens {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope?: string | undefined;
  readonly refresh_token?: string | undefined;
}

/** A verified sign-in for which a session begins. */
export interface SignedInUser {
  readonly tokens: SessionTokens;
  /** Claims of the verified ID token; undefined without an ID token. */
  readonly claims: Claims | undefined;
  /** The API that the access token is for. */
  readonly audience: string;
  readonly method: SignInMethod;
}

/** A session as shown to its user. */
export interface Session {
  /** Public id of the session; not a credential. */
  readonly id: string;
  /** The `sub` claim. */
  readonly subject: string;
  /** Claims of the ID token. */
  readonly claims: Claims;
  /** The `sid` of the session at the tenant. */
  readonly sid: string | undefined;
  readonly method: SignInMethod;
  readonly hasRefreshToken: boolean;
  /** Scope of the first access token. */
  readonly scope: string;
  readonly audience: string;
  /** Label of the device, from the user agent. */
  readonly device: string;
  readonly ip: string;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly idleEndsAtMs: number;
  readonly endsAtMs: number;
}

export interface BegunSession {
  readonly session: Session;
  /** The whole `Set-Cookie` value. */
  readonly setCookie: string;
}

/** Begins and ends sessions. Every method throws GatewayError `store_unavailable` during an outage of the store. */
export interface Sessions {
  /**
   * Begins a session under a new id and ends the session of the request's cookie. On failure the refresh token is revoked
   * in the background.
   * @throws GatewayError `tenant_error` without an ID token with a `sub`
   */
  begin(user: SignedInUser, request: RequestInfo): Promise<BegunSession>;
  /** The live session of the request's cookie; undefined without one. Never throws for a bad cookie. */
  read(headers: RequestInfo['headers'], options?: { readonly touch?: boolean }): Promise<Session | undefined>;
  /**
   * Renews the access token of the request's session, if it has a refresh token.
   * @throws GatewayError `session_expired`, `mfa_required`, `tenant_unavailable`
   */
  renew(headers: RequestInfo['headers']): Promise<void>;
  /** Ends the session of the request and returns it. Its refresh token is revoked in the background. */
  end(headers: RequestInfo['headers']): Promise<Session | undefined>;
  /** The sessions of a user, newest first. */
  list(subject: string): Promise<readonly Session[]>;
  /** Ends one session of a user; false if the user has no such session. */
  endOne(subject: string, id: string): Promise<boolean>;
  /** Ends all sessions of a user except one; returns their number. Without `revokes` the caller revokes their tokens. */
  endAll(subject: string, exceptId?: string, options?: { readonly revokes?: boolean }): Promise<number>;
  /**
   * Ends the sessions of a user that began before a time by the tenant's clock; returns how many. `sparesChanger` keeps those that
   * `spareAtPasswordChange` named within the last minute.
   */
  endBefore(subject: string, atMs: number, options?: { readonly sparesChanger?: boolean }): Promise<number>;
  /** A password change does not end this session, because it has changed the password. */
  spareAtPasswordChange(id: string): Promise<void>;
  /** Ends the sessions that belong to one session at the tenant; returns their users. */
  endBySid(sid: string): Promise<readonly string[]>;
  /** The users of some of all sessions; see `SessionStore.page`. */
  pageOfSubjects(
    cursor: string | undefined,
  ): Promise<{ readonly subjects: readonly string[]; readonly next: string | undefined }>;
  /** The `Set-Cookie` value that clears the cookie. */
  readonly clearCookie: string;
}
