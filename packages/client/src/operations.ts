import type { Operations } from './api-types.ts';

/** An operation of the gateway: method and path. */
export type Operation = keyof Operations;
/** The request body of an operation. */
export type BodyOf<K extends Operation> = Operations[K]['body'];
/** The body of a successful response. */
export type AnswerOf<K extends Operation> = Operations[K]['answer'];

type TokenAnswer<K extends Operation> = Extract<AnswerOf<K>, { access_token: string }>;
type SessionAnswer<K extends Operation> = Exclude<AnswerOf<K>, { access_token: string }>;

/** Calls an operation that signs in. It resolves to tokens if the body requests them, otherwise to a session. */
export interface SignInCall<K extends Operation, More = never> {
  (body: BodyOf<K> & { mode: 'token' }): Promise<TokenAnswer<K> | More>;
  (
    body: BodyOf<K> & { mode?: 'session' | undefined },
  ): Promise<Exclude<SessionAnswer<K>, { status: string }> | More>;
}

/** The response of a sign-in that started a session. */
export type BegunSession = SessionAnswer<'POST /v1/auth/signin'>;
/** The response of a sign-in in token mode. */
export type Tokens = TokenAnswer<'POST /v1/auth/signin'>;
/** The signed-in user. */
export type User = BegunSession['user'];

type SessionOrToken = Extract<AnswerOf<'GET /v1/auth/session'>, { authenticated: true }>;

/** The session of this browser. Its times are ISO 8601. */
export interface ActiveSession extends Omit<SessionOrToken, 'client_id' | 'permissions'> {
  /** Absolute end of the session. */
  expires_at: string;
  /** Idle end of the session, which use of the session moves. */
  idle_expires_at: string;
  /** Where a browser navigates to sign out: a path of the gateway. */
  signout_url: string;
}

/** Whether a user is signed in in this browser, and which one. */
export type SessionState = ActiveSession | { authenticated: false };
