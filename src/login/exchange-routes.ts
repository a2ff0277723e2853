import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { toNetworkKey } from '../http/client-address.ts';
import type { Limiter } from '../http/rate-limit.ts';
import { defineRoute, type RequestInfo, type Route } from '../http/route.ts';
import type { Audit } from '../observe/audit.ts';
import { signedInReply, tokenReply, toSignedInReply } from '../session/signed-in-reply.ts';
import { type ExchangeCodeDeps, exchangeCode } from './exchange-code.ts';
import { type ExchangeBody, exchangeBody } from './login-schemas.ts';

export interface ExchangeRouteDeps {
  readonly exchange: ExchangeCodeDeps;
  /** By address. */
  readonly limit: Limiter;
  readonly audit: Audit;
  readonly count: (outcome: string) => void;
}

/** `POST /v1/auth/exchange`: for frontends that run the redirect themselves. */
export function exchangeRoutes({ exchange, limit, audit, count }: ExchangeRouteDeps): Route[] {
  async function answer(body: ExchangeBody, request: RequestInfo) {
    const event = { event: 'auth.signin', requestId: request.id, ip: request.ip } as const;
    try {
      const headers = await limit.charge(toNetworkKey(request.ip));
      const outcome = await exchangeCode(exchange, body, request);
      const isSession = 'begun' in outcome;
      const subject = isSession ? outcome.begun.session.subject : outcome.tokens.subject;
      audit({ ...event, outcome: 'succeeded', subject });
      count('succeeded');
      if (!isSession)
        return {
          status: 200,
          body: tokenReply.parse(outcome.tokens),
          headers: { ...headers, Pragma: 'no-cache' },
        };
      const { session, setCookie } = outcome.begun;
      return { status: 200, body: toSignedInReply(session), headers, cookies: [setCookie] };
    } catch (error) {
      const reason = error instanceof GatewayError ? error.code : 'internal';
      audit({ ...event, outcome: 'failed', reason });
      count(reason);
      throw error;
    }
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
      responses: { 200: { description: 'Signed in', schema: z.union([signedInReply, tokenReply]) } },
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
      handler: ({ body, request }) => answer(body, request),
    }),
  ];
}
