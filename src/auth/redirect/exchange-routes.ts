import { toNetworkKey } from '../../http/client-address.ts';
import { defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import { signInReply, tokenReply, toSignedInReply } from '../../session/signed-in-reply.ts';
import { noteSignIn, type SignInNotes, type SignInOutcome } from '../note-sign-in.ts';
import { type ExchangeCodeDeps, exchangeCode } from './exchange-code.ts';
import { type ExchangeBody, exchangeBody } from './login-schemas.ts';

export interface ExchangeRouteDeps {
  readonly exchange: ExchangeCodeDeps;
  /** By address. */
  readonly limit: Limiter;
  readonly notes: SignInNotes;
}

/** `POST /v1/auth/exchange`: for frontends that run the redirect themselves. */
export function exchangeRoutes({ exchange, limit, notes }: ExchangeRouteDeps): Route[] {
  async function signIn(body: ExchangeBody, request: RequestInfo): Promise<SignInOutcome> {
    const headers = await limit.charge(toNetworkKey(request.ip));
    const outcome = await exchangeCode(exchange, body, request);
    if ('tokens' in outcome) {
      const { tokens } = outcome;
      const reply = {
        status: 200,
        body: tokenReply.parse(tokens),
        headers: { ...headers, Pragma: 'no-cache' },
      };
      return { reply, isSignedIn: true, subject: tokens.subject };
    }
    const { session, setCookie } = outcome.begun;
    const reply = { status: 200, body: toSignedInReply(session), headers, cookies: [setCookie] };
    return { reply, isSignedIn: true, subject: session.subject };
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/exchange',
      guard: 'public',
      operationId: 'exchangeCode',
      summary: 'Hand over a code that the frontend got by running the redirect itself',
      description:
        'The code was issued to our client id, for a `redirect_uri` on an allowed origin. A session needs `code_verifier` or `nonce`.',
      tag: 'Redirect login',
      body: exchangeBody,
      responses: {
        200: { description: 'Signed in', schema: signInReply, headers: ['Set-Cookie', 'RateLimit'] },
      },
      errors: [
        'invalid_code',
        'proof_required',
        'csrf_failed',
        'token_mode_refused',
        'cross_site_session',
        'access_denied',
        'user_blocked',
        'store_unavailable',
      ],
      handler: ({ body, request }) => noteSignIn(notes, request, () => signIn(body, request)),
    }),
  ];
}
