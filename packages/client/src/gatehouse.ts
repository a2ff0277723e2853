import type { GatehouseFetch, StepUp } from './gatehouse-fetch.ts';
import type { AnswerOf, BodyOf, SessionState, SignInCall } from './operations.ts';
import type { SessionListener } from './session-watch.ts';

export interface GatehouseOptions {
  /** The origin of the gateway, such as `https://auth.example.com`; that of the page where left out. */
  baseUrl?: string | undefined;
  /** Used instead of the browser's `fetch`. */
  fetch?: ((input: RequestInfo | URL, init?: RequestInit) => Promise<Response>) | undefined;
  /** What `fetch` does where a route asks for a more recent or a stronger sign-in; `popup` where left out. */
  stepUp?: StepUp | undefined;
}

/** What a sign-in at the tenant's pages may ask for. */
export type LoginWish = BodyOf<'POST /v1/auth/login/start'>;

/** While a push has no answer: ask again after so many seconds. */
export interface PushPending {
  status: 'pending';
  retry_after: number;
}

/**
 * The gateway, for a page. Methods take and resolve to what the API takes and answers, in its own field names, and reject with
 * a `GatehouseError`. A relative `return_to` is one of the page's origin.
 */
export interface Gatehouse {
  /** Creates an account; signs nobody in. */
  readonly signUp: (body: BodyOf<'POST /v1/auth/signup'>) => Promise<AnswerOf<'POST /v1/auth/signup'>>;
  /** Signs in with a password. Rejects with `mfa_required` where `mfa` has to go on. */
  readonly signIn: SignInCall<'POST /v1/auth/signin'>;
  /** Ends the session. Where `signout_url` is a text, send the browser there: the tenant has a session too. */
  readonly signOut: (
    body?: BodyOf<'POST /v1/auth/signout'>,
  ) => Promise<NonNullable<AnswerOf<'POST /v1/auth/signout'>>>;
  /** Leaves the page for a sign-in at the tenant's pages; comes back to `return_to`, this page where left out. */
  readonly signInWithRedirect: (wish?: LoginWish) => void;
  /**
   * Signs in at the tenant's pages in a window of its own; call it in the handler of a click. `return_to` is a page of this
   * origin that makes a client, this page where left out. Rejects with `popup_blocked`, `popup_closed`.
   */
  readonly signInWithPopup: (wish?: LoginWish) => Promise<SessionState>;
  /** Hands over the code of a sign-in that the page ran itself. */
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
    /** While a push has no answer, the promise resolves to `{ status: 'pending' }`. */
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
    /** Sends a mail to reset it. */
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
  /** The account of who is signed in. */
  readonly profile: {
    readonly get: () => Promise<AnswerOf<'GET /v1/auth/profile'>>;
    readonly update: (body: BodyOf<'PATCH /v1/auth/profile'>) => Promise<AnswerOf<'PATCH /v1/auth/profile'>>;
  };
  /** Who is signed in. `touch: false` looks without keeping the session alive. */
  readonly session: (options?: { touch?: boolean | undefined }) => Promise<SessionState>;
  /** The sessions of who is signed in, here and elsewhere. */
  readonly sessions: {
    readonly list: () => Promise<AnswerOf<'GET /v1/auth/sessions'>>;
    readonly end: (session: { id: string }) => Promise<AnswerOf<'DELETE /v1/auth/sessions/{id}'>>;
    readonly endOthers: () => Promise<AnswerOf<'DELETE /v1/auth/sessions'>>;
  };
  /**
   * The browser's `fetch`, with the session and `X-CSRF` where it goes to the gateway; a relative address is one of the gateway.
   * Where a route asks for a more recent or a stronger sign-in, the person signs in again and the request is sent once more.
   */
  readonly fetch: GatehouseFetch;
  /**
   * Calls with what is known of the session, if anything is, and with every state that differs from the one before: after what is
   * done in this tab or another, within a second after the session has ended, wherever that was, and when the tab is looked at again.
   * The times of the session count where it ends in two minutes, or a minute or more later than before. Returns what ends it.
   */
  readonly onSessionChange: (listener: SessionListener) => () => void;
}
