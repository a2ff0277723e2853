import { GatewayError } from '../../errors.ts';
import { defineRoute, type Reply, type RequestInfo, type Route } from '../../http/route.ts';
import { type AddressLimit, tryCharged } from '../../limits/address-limit.ts';
import { chargeAddress } from '../charge-address.ts';
import { type AttemptOutcome, type AttemptRecorder, recordAttempt } from '../record-attempt.ts';
import { type FinishLoginDeps, finishLogin } from './finish-login.ts';
import { toLoginPath } from './login-path.ts';
import {
  type CallbackQuery,
  callbackQuery,
  type LoginParameters,
  loginQuery,
  loginStartBody,
  loginStartReply,
} from './login-schemas.ts';
import { type StartedLogin, type StartLoginDeps, startLogin } from './start-login.ts';

export interface LoginDeps {
  readonly start: StartLoginDeps;
  readonly finish: FinishLoginDeps;
  readonly limit: AddressLimit;
  readonly recorder: AttemptRecorder;
}

const TAG = 'Redirect login';
const SEE_OTHER = { description: 'On the way', headers: ['Set-Cookie'] } as const;

/** Sign-in at the tenant's own pages: authorization code flow with PKCE. */
export function loginRoutes({ start, finish, limit, recorder }: LoginDeps): Route[] {
  /** Charges the address and starts the sign-in; called only after the navigation check. */
  async function begin(
    parameters: LoginParameters,
    request: RequestInfo,
  ): Promise<StartedLogin & Required<Pick<Reply, 'headers'>>> {
    const charge = await limit.enter(request.ip);
    const started = await tryCharged(charge, () => startLogin(start, parameters, request.headers));
    return { ...started, headers: charge.headers };
  }

  async function end(query: CallbackQuery, request: RequestInfo): Promise<AttemptOutcome> {
    const { returnTo, cookies, session } = await finishLogin(finish, query, request);
    return {
      reply: { status: 303, headers: { Location: returnTo }, cookies },
      subject: session?.subject,
      isOpen: session === undefined,
    };
  }

  function toRetryPath({ return_to: requested }: LoginParameters): string {
    const place = requested === undefined ? undefined : start.returnUrls.toReturnUrl(requested);
    return toLoginPath(place === undefined ? {} : { return_to: place });
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/login',
      guard: 'public',
      kind: 'page',
      acts: { inFrames: 'same-site' },
      operationId: 'login',
      summary: "Sign in at the tenant's pages",
      description:
        'A navigation: a browser goes here, by a link or an address, never by `fetch`. [Sign in in this browser](/v1/auth/login?return_to=/docs).',
      tag: TAG,
      query: loginQuery,
      responses: { 303: { ...SEE_OTHER, headers: ['Set-Cookie', 'RateLimit'] } },
      errors: ['invalid_return_to', 'rate_limited'],
      handler: async ({ query, request }) => {
        try {
          const { authorizationUrl, cookies, headers } = await begin(query, request);
          return { status: 303, headers: { ...headers, Location: authorizationUrl }, cookies };
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          throw new GatewayError(error.code, { ...error.options, retryPath: toRetryPath(query) });
        }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/auth/login/start',
      guard: 'public',
      atPublicUrlOnly: true,
      operationId: 'startLogin',
      summary: "Begin a sign-in at the tenant's pages, for a frontend that navigates itself or opens a popup",
      tag: TAG,
      body: loginStartBody,
      charge: chargeAddress(limit),
      responses: {
        200: {
          description: 'Where to send the browser',
          schema: loginStartReply,
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: ['invalid_return_to', 'csrf_failed', 'cross_site_session'],
      handler: async ({ body, request }) => {
        // A cross-site page cannot store the SameSite=Lax cookie of the transaction.
        if (request.headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
        const { authorizationUrl, cookies } = await startLogin(start, body, request.headers);
        return { status: 200, body: { authorization_url: authorizationUrl }, cookies };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/auth/callback',
      guard: 'public',
      kind: 'page',
      acts: { inFrames: 'any' },
      operationId: 'loginCallback',
      summary: 'Callback of the tenant',
      description: 'A navigation. Only the tenant redirects browsers here.',
      tag: TAG,
      query: callbackQuery,
      responses: { 303: SEE_OTHER },
      errors: [
        'state_mismatch',
        'login_expired',
        'access_denied',
        'invalid_code',
        'user_blocked',
        'store_unavailable',
      ],
      handler: ({ query, request }) =>
        recordAttempt(recorder, { event: 'auth.signin' }, request, () => end(query, request)),
    }),
  ];
}
