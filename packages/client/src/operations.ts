import type { Operations as Documented } from './api-types.ts';
import type { FurtherOperations } from './further-operations.ts';

type Operations = Documented & Omit<FurtherOperations, keyof Documented>;

/** An operation of the gateway: method and path. */
export type Operation = keyof Operations;
/** What is sent. */
export type BodyOf<K extends Operation> = Operations[K]['body'];
/** What a good answer holds. */
export type AnswerOf<K extends Operation> = Operations[K]['answer'];

/** The answer of an operation that signs in: tokens where the body asks for them, else a session. */
export type SignInAnswer<K extends Operation, Body> = Body extends { readonly mode: 'token' }
  ? Extract<AnswerOf<K>, { access_token: string }>
  : Exclude<AnswerOf<K>, { access_token: string }>;

/** The answer of a sign-in that began a session. */
export type BegunSession = SignInAnswer<'POST /v1/auth/signin', object>;
/** The answer of a sign-in in token mode. */
export type Tokens = SignInAnswer<'POST /v1/auth/signin', { mode: 'token' }>;
/** Who is signed in. */
export type User = BegunSession['user'];

/** The session of this browser. */
export interface ActiveSession {
  authenticated: true;
  user: User;
  /** Of its access token, separated by spaces. */
  scope: string;
  /** When it ends at the latest: ISO 8601. */
  expires_at: string;
  /** When it ends unless it is used: ISO 8601. */
  idle_expires_at: string;
  /** Where a browser navigates to sign out: a path of the gateway. */
  signout_url: string;
}

/** Whether somebody is signed in in this browser, and who: the answer of `GET /v1/auth/session` without what bearers get. */
export type SessionState = ActiveSession | { authenticated: false };
