import type { Claims, RequestInfo } from '../http/route.ts';

/** Revokes a refresh token, if there is one, at the tenant in the background. */
export type RevokeLater = (refreshToken: string | undefined) => void;

/** How a session began; only `redirect` has a session at the tenant behind it. */
export type SignInMethod = 'password' | 'redirect' | 'code' | 'passwordless';

/** What the tenant handed out at a sign-in. */
export interface SessionTokens {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope?: string | undefined;
  readonly refresh_token?: string | undefined;
}

/** A proven sign-in, about to become a session. */
export interface SignedInUser {
  readonly tokens: SessionTokens;
  /** Of the verified ID token; undefined where the tenant gave none. */
  readonly claims: Claims | undefined;
  /** For which API the access token is. */
  readonly audience: string;
  readonly method: SignInMethod;
}

/** A session as its owner may see it. */
export interface Session {
  /** Not the cookie's: an id that opens nothing. */
  readonly id: string;
  /** The `sub` claim. */
  readonly subject: string;
  /** Claims of the ID token. */
  readonly claims: Claims;
  /** The tenant's `sid`. */
  readonly sid: string | undefined;
  readonly method: SignInMethod;
  readonly hasRefreshToken: boolean;
  /** Of the first access token. */
  readonly scope: string;
  readonly audience: string;
  /** From the user agent, shortened. */
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

/** Begins and ends sessions; everything throws GatewayError `store_unavailable` where the store is down. */
export interface Sessions {
  /**
   * Always under a new id; the session that the request's cookie opens ends when the new one is there. Where it fails, the refresh
   * token is revoked in the background.
   * @throws GatewayError `tenant_error` where no ID token says whose it is
   */
  begin(user: SignedInUser, request: RequestInfo): Promise<BegunSession>;
  /** The live session that the request's cookie opens; undefined for anything else. Never throws for a bad cookie. */
  read(headers: RequestInfo['headers'], options?: { readonly touch?: boolean }): Promise<Session | undefined>;
  /**
   * Renews the access token of the request's session at the tenant, if there is a refresh token.
   * @throws GatewayError `session_expired`, `mfa_required`, `tenant_unavailable`
   */
  renew(headers: RequestInfo['headers']): Promise<void>;
  /** Ends the session of the request; returns what it was. Its refresh token is revoked in the background. */
  end(headers: RequestInfo['headers']): Promise<Session | undefined>;
  /** The sessions of a user, the newest first. */
  list(subject: string): Promise<readonly Session[]>;
  /** Ends one session of a user; false where it is not one of theirs. */
  endOne(subject: string, id: string): Promise<boolean>;
  /** Ends all sessions of a user, but for one; returns how many. Without `revokes` the caller revokes what they hold. */
  endAll(subject: string, exceptId?: string, options?: { readonly revokes?: boolean }): Promise<number>;
  /**
   * Ends the sessions of a user that began before a time by the tenant's clock; returns how many. `sparesChanger` keeps those that
   * `spareAtPasswordChange` named within the last minute.
   */
  endBefore(subject: string, atMs: number, options?: { readonly sparesChanger?: boolean }): Promise<number>;
  /** A session goes on though its user's password changes: it is the one that changes it. */
  spareAtPasswordChange(id: string): Promise<void>;
  /** Ends what hangs on one session at the tenant; returns whose they were. */
  endBySid(sid: string): Promise<readonly string[]>;
  /** The users of some of all sessions; see `SessionStore.page`. */
  pageOfSubjects(
    cursor: string | undefined,
  ): Promise<{ readonly subjects: readonly string[]; readonly next: string | undefined }>;
  /** The `Set-Cookie` value that clears the cookie. */
  readonly clearCookie: string;
}
