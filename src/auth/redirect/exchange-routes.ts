import { defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import { signInReply } from '../../session/signed-in-reply.ts';
import { chargeAttempt } from '../charge-address.ts';
import { type AttemptOutcome, type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { toSignedInOutcome } from '../signed-in.ts';
import { type ExchangeCodeDeps, exchangeCode } from './exchange-code.ts';
import { type ExchangeBody, exchangeBody } from './login-schemas.ts';

export interface ExchangeRouteDeps {
  readonly exchange: ExchangeCodeDeps;
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

/** `POST /v1/auth/exchange`: for frontends that run the redirect themselves. */
export function exchangeRoutes({ exchange, limit, recorder }: ExchangeRouteDeps): Route[] {
  async function signIn(body: ExchangeBody, request: RequestInfo): Promise<AttemptOutcome> {
    return toSignedInOutcome(await exchangeCode(exchange, body, request));
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/exchange',
      guard: 'public',
      operationId: 'exchangeCode',
      summary: 'Exchange the authorization code of a redirect that the frontend ran itself',
      description:
        "The code was issued to our client id, for a `redirect_uri` on an allowed origin that is not the gateway's own callback. `code_verifier` or `nonce` proves that the caller began the sign-in.",
      tag: 'Redirect login',
      body: exchangeBody,
      charge: chargeAttempt(recorder, 'auth.signin', limit),
      responses: {
        200: { description: 'Signed in', schema: signInReply, headers: ['Set-Cookie', 'RateLimit'] },
      },
      errors: [
        'invalid_code',
        'proof_required',
        'mfa_required',
        'csrf_failed',
        'token_mode_refused',
        'cross_site_session',
        'access_denied',
        'user_blocked',
        'store_unavailable',
      ],
      handler: ({ body, request }) =>
        recordAttempt(recorder, { event: 'auth.signin' }, request, () => signIn(body, request)),
    }),
  ];
}
