import type { Operations } from './api-types.ts';

/** An operation of the gateway: method and path. */
export type Operation = keyof Operations;
/** What is sent. */
export type BodyOf<K extends Operation> = Operations[K]['body'];
/** What a good answer holds. */
export type AnswerOf<K extends Operation> = Operations[K]['answer'];

type TokenAnswer<K extends Operation> = Extract<AnswerOf<K>, { access_token: string }>;
type SessionAnswer<K extends Operation> = Exclude<AnswerOf<K>, { access_token: string }>;

/** Calls an operation that signs in: it answers with tokens where the body asks for them, else with a session. */
export interface SignInCall<K extends Operation, More = never> {
  (body: BodyOf<K> & { mode: 'token' }): Promise<TokenAnswer<K> | More>;
  (
    body: BodyOf<K> & { mode?: 'session' | undefined },
  ): Promise<Exclude<SessionAnswer<K>, { status: string }> | More>;
}

/** The answer of a sign-in that began a session. */
export type BegunSession = SessionAnswer<'POST /v1/auth/signin'>;
/** The answer of a sign-in in token mode. */
export type Tokens = TokenAnswer<'POST /v1/auth/signin'>;
/** Who is signed in. */
export type User = BegunSession['user'];

type SessionOrToken = Extract<AnswerOf<'GET /v1/auth/session'>, { authenticated: true }>;

/** The session of this browser. Its times are ISO 8601. */
export interface ActiveSession extends Omit<SessionOrToken, 'client_id' | 'permissions'> {
  /** When it ends at the latest. */
  expires_at: string;
  /** When it ends unless it is used. */
  idle_expires_at: string;
  /** Where a browser navigates to sign out: a path of the gateway. */
  signout_url: string;
}

/** Whether somebody is signed in in this browser, and who. */
export type SessionState = ActiveSession | { authenticated: false };
