import type { GatehouseFetch, StepUp } from './gatehouse-fetch.ts';
import type { AnswerOf, BodyOf, SessionState, SignInCall } from './operations.ts';
import type { SessionListener } from './session-watch.ts';

export interface GatehouseOptions {
  /** The origin of the gateway, such as `https://auth.example.com`. Default: the origin of the page. */
  baseUrl?: string | undefined;
  /** Used instead of the browser's `fetch`. */
  fetch?: ((input: RequestInfo | URL, init?: RequestInit) => Promise<Response>) | undefined;
  /** What `fetch` does if a route requires a more recent or a stronger sign-in. Default: `popup`. */
  stepUp?: StepUp | undefined;
}

/** The options of a sign-in at the tenant's pages. */
export type LoginOptions = BodyOf<'POST /v1/auth/login/start'>;

/** A push is pending: repeat the call after `retry_after` seconds. */
export interface PushPending {
  status: 'pending';
  retry_after: number;
}

/**
 * The client of the gateway. Methods take the request bodies and resolve to the responses of the API, with its field names,
 * and reject with a `GatehouseError`. A relative `return_to` refers to the page's origin.
 */
export interface Gatehouse {
  /** Creates an account without signing in. */
  readonly signUp: (body: BodyOf<'POST /v1/auth/signup'>) => Promise<AnswerOf<'POST /v1/auth/signup'>>;
  /** Signs in with a password. Rejects with `mfa_required` if a second factor is required: continue with `mfa`. */
  readonly signIn: SignInCall<'POST /v1/auth/signin'>;
  /** Ends the session. If `signout_url` is not null, navigate there to end the session at the tenant too. */
  readonly signOut: (
    body?: BodyOf<'POST /v1/auth/signout'>,
  ) => Promise<NonNullable<AnswerOf<'POST /v1/auth/signout'>>>;
  /** Navigates to a sign-in at the tenant's pages, which returns to `return_to`. Default: this page. */
  readonly signInWithRedirect: (login?: LoginOptions) => void;
  /**
   * Signs in at the tenant's pages in a popup window; call it in a click handler. `return_to` is a page of this origin that
   * creates a client; default: this page. Rejects with `popup_blocked` and `popup_closed`.
   */
  readonly signInWithPopup: (login?: LoginOptions) => Promise<SessionState>;
  /** Exchanges the authorization code of a redirect that the page ran itself. */
  readonly exchange: SignInCall<'POST /v1/auth/exchange'>;
  /** The second factor of a sign-in that was refused with `mfa_required`. */
  readonly mfa: {
    readonly authenticators: (of: {
      mfa_handle: string;
    }) => Promise<AnswerOf<'GET /v1/auth/mfa/authenticators'>>;
    readonly associate: (
      body: BodyOf<'POST /v1/auth/mfa/associate'>,
    ) => Promise<AnswerOf<'POST /v1/auth/mfa/associate'>>;
    readonly challenge: (
      body: BodyOf<'POST /v1/auth/mfa/challenge'>,
    ) => Promise<AnswerOf<'POST /v1/auth/mfa/challenge'>>;
    /** Resolves to `{ status: 'pending' }` while a push is pending. */
    readonly verify: SignInCall<'POST /v1/auth/mfa/verify', PushPending>;
  };
  /** Sign-in by a code or a link. */
  readonly passwordless: {
    readonly start: (
      body: BodyOf<'POST /v1/auth/passwordless/start'>,
    ) => Promise<AnswerOf<'POST /v1/auth/passwordless/start'>>;
    readonly verify: SignInCall<'POST /v1/auth/passwordless/verify'>;
  };
  readonly password: {
    /** Sends a password reset mail. */
    readonly forgot: (
      body: BodyOf<'POST /v1/auth/password/forgot'>,
    ) => Promise<AnswerOf<'POST /v1/auth/password/forgot'>>;
    /** Ends all other sessions. */
    readonly change: (
      body: BodyOf<'POST /v1/auth/password/change'>,
    ) => Promise<AnswerOf<'POST /v1/auth/password/change'>>;
  };
  readonly email: {
    /** Sends the mail that verifies an address again. */
    readonly resendVerification: (
      body: BodyOf<'POST /v1/auth/email/verification'>,
    ) => Promise<AnswerOf<'POST /v1/auth/email/verification'>>;
  };
  /** The profile of the signed-in user. */
  readonly profile: {
    readonly get: () => Promise<AnswerOf<'GET /v1/auth/profile'>>;
    readonly update: (body: BodyOf<'PATCH /v1/auth/profile'>) => Promise<AnswerOf<'PATCH /v1/auth/profile'>>;
  };
  /** The signed-in user. `touch: false` does not keep the session alive. */
  readonly session: (options?: { touch?: boolean | undefined }) => Promise<SessionState>;
  /** The sessions of the signed-in user, in all browsers. */
  readonly sessions: {
    readonly list: () => Promise<AnswerOf<'GET /v1/auth/sessions'>>;
    readonly end: (session: { id: string }) => Promise<AnswerOf<'DELETE /v1/auth/sessions/{id}'>>;
    readonly endOthers: () => Promise<AnswerOf<'DELETE /v1/auth/sessions'>>;
  };
  /**
   * The browser's `fetch`, with the session and `X-CSRF` for requests to the gateway; a relative URL refers to the gateway.
   * If a route requires a more recent or a stronger sign-in, the user signs in again and the request is repeated.
   */
  readonly fetch: GatehouseFetch;
  /**
   * Calls the listener with the known state of the session, if any, and with every change: after actions in this tab or
   * another, within a second after the session has ended anywhere, and when the tab becomes visible again. A changed end
   * time is reported two minutes before the end, and when the end moves by a minute or more. Returns a function that
   * removes the listener.
   */
  readonly onSessionChange: (listener: SessionListener) => () => void;
}
