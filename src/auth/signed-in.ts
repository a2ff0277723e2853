import type { UserTokens } from '../auth0/token-answer.ts';
import type { RequestInfo } from '../http/route.ts';
import type { BegunSession, Sessions, SignInMethod } from '../session/session.ts';
import { tokenReply, toSignedInReply } from '../session/signed-in-reply.ts';
import type { AttemptOutcome } from './record-attempt.ts';
import type { SignInMode } from './sign-in-mode.ts';

/** A sign-in that the tenant has granted. */
export interface GrantedSignIn {
  readonly mode: SignInMode;
  readonly tokens: UserTokens;
  /** The API that the access token is for. */
  readonly audience: string;
  readonly method: SignInMethod;
}

/** Tokens for the caller, or the session that begins with them. */
export type SignedIn = { readonly tokens: UserTokens } | { readonly begun: BegunSession };

/**
 * Completes a granted sign-in: returns the tokens or begins a session, by the caller's mode.
 * @throws GatewayError `tenant_error` for a session without an ID token, `store_unavailable`
 */
export async function completeSignIn(
  sessions: Pick<Sessions, 'begin'>,
  { mode, tokens, audience, method }: GrantedSignIn,
  request: RequestInfo,
): Promise<SignedIn> {
  if (mode === 'token') return { tokens };
  return { begun: await sessions.begin({ tokens, claims: tokens.claims, audience, method }, request) };
}

/** The response of a sign-in, with additional `members`. */
export function toSignedInOutcome(
  signedIn: SignedIn,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): AttemptOutcome {
  if ('tokens' in signedIn) {
    const { tokens } = signedIn;
    const body = { ...tokenReply.parse(tokens), ...members };
    return {
      reply: { status: 200, body, headers: { ...headers, Pragma: 'no-cache' } },
      subject: tokens.subject,
    };
  }
  const { session, setCookie } = signedIn.begun;
  const body = { ...toSignedInReply(session), ...members };
  return { reply: { status: 200, body, headers, cookies: [setCookie] }, subject: session.subject };
}
