import { type Origins, requireFriendlyOrigin } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import { toNetworkKey } from '../../http/client-address.ts';
import { defineRoute, type Reply, type RequestInfo, type Route } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import { noteSignIn, type SignInNotes, type SignInOutcome } from '../note-sign-in.ts';
import { type FinishLoginDeps, finishLogin } from './finish-login.ts';
import { toLoginPath } from './login-path.ts';
import {
  type CallbackQuery,
  callbackQuery,
  type LoginWish,
  loginQuery,
  loginStartBody,
  loginStartReply,
} from './login-schemas.ts';
import { type StartedLogin, type StartLoginDeps, startLogin } from './start-login.ts';

export interface LoginDeps {
  readonly start: StartLoginDeps;
  readonly finish: FinishLoginDeps;
  readonly origins: Origins;
  /** By address. */
  readonly limit: Limiter;
  readonly notes: SignInNotes;
}

const TAG = 'Redirect login';
const seeOther = { description: 'On the way', headers: ['Set-Cookie'] } as const;

/** Sign-in at the tenant's own pages: authorization code flow with PKCE. */
export function loginRoutes({ start, finish, origins, limit, notes }: LoginDeps): Route[] {
  async function begin(
    wish: LoginWish,
    request: RequestInfo,
  ): Promise<StartedLogin & Required<Pick<Reply, 'headers'>>> {
    const headers = await limit.charge(toNetworkKey(request.ip));
    return { ...(await startLogin(start, wish, request.headers)), headers };
  }

  async function end(query: CallbackQuery, request: RequestInfo): Promise<SignInOutcome> {
    const { returnTo, cookies, session } = await finishLogin(finish, query, request);
    return {
      reply: { status: 303, headers: { Location: returnTo }, cookies },
      isSignedIn: session !== undefined,
      subject: session?.subject,
    };
  }

  function toRetryPath({ return_to: asked }: LoginWish): string {
    const place = asked === undefined ? undefined : start.returnUrls.toReturnUrl(asked);
    return toLoginPath(place === undefined ? {} : { return_to: place });
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/login',
      guard: 'public',
      isNavigation: true,
      acts: { inFrames: 'same-site' },
      errorShape: 'page',
      operationId: 'login',
      summary: "Sign in at the tenant's pages",
      description:
        'A navigation: a browser goes here, by a link or an address, never by `fetch`. [Sign in in this browser](/v1/auth/login?return_to=/docs).',
      tag: TAG,
      query: loginQuery,
      responses: { 303: { ...seeOther, headers: ['Set-Cookie', 'RateLimit'] } },
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
      responses: {
        200: {
          description: 'Where to send the browser',
          schema: loginStartReply,
          headers: ['Set-Cookie', 'RateLimit'],
        },
      },
      errors: ['invalid_return_to', 'csrf_failed', 'cross_site_session'],
      handler: async ({ body, request }) => {
        requireFriendlyOrigin(origins, request.headers);
        // The browser would drop the transaction's cookie, which is SameSite=Lax.
        if (request.headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
        const { authorizationUrl, cookies, headers } = await begin(body, request);
        return { status: 200, body: { authorization_url: authorizationUrl }, headers, cookies };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/auth/callback',
      guard: 'public',
      isNavigation: true,
      acts: { inFrames: 'any' },
      errorShape: 'page',
      operationId: 'loginCallback',
      summary: 'Where the tenant sends the browser back',
      description: 'A navigation: only the tenant sends a browser here.',
      tag: TAG,
      query: callbackQuery,
      responses: { 303: seeOther },
      errors: [
        'state_mismatch',
        'login_expired',
        'access_denied',
        'invalid_code',
        'user_blocked',
        'store_unavailable',
      ],
      handler: ({ query, request }) => noteSignIn(notes, request, () => end(query, request)),
    }),
  ];
}
