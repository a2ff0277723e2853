import type { Gatehouse, GatehouseOptions, LoginOptions } from './gatehouse.ts';
import { readRetryAfterS } from './gatehouse-error.ts';
import { createGatehouseFetch } from './gatehouse-fetch.ts';
import type { SessionState } from './operations.ts';
import { openPopup, reportPopup, toPopupReturn, waitForPopup } from './popup.ts';
import { createSessionWatch } from './session-watch.ts';
import { createTabChannel } from './tab-channel.ts';
import { createTransport, readAnswer } from './transport.ts';

const toAbsolute = (page: string): string => new URL(page, location.href).href;

/** Resolves a relative `return_to` against this page, because the gateway may have another origin. */
const withReturn = <B extends { return_to?: string | undefined }>(body: B): B =>
  body.return_to === undefined ? body : { ...body, return_to: toAbsolute(body.return_to) };

const DEFAULT_PUSH_WAIT_S = 5;

/**
 * Creates the client. In a window of `signInWithPopup` that has returned from its sign-in, it notifies the waiting page and
 * closes the window.
 */
export function createGatehouse(options: GatehouseOptions = {}): Gatehouse {
  const { baseUrl = '', fetch = (input, init) => globalThis.fetch(input, init), stepUp = 'popup' } = options;
  const transport = createTransport(baseUrl, fetch);
  const { call, request, toUrl } = transport;
  const channel = createTabChannel(`gatehouse ${baseUrl}`);
  const watch = createSessionWatch(
    (isTouched) =>
      call('GET /v1/auth/session', undefined, {
        query: isTouched ? '' : '?touch=false',
      }) as Promise<SessionState>,
    channel,
    { url: toUrl('/v1/auth/session/events'), lock: `gatehouse ${baseUrl}` },
  );
  if (typeof location !== 'undefined') reportPopup(channel);

  /** Returns the response of a call that may have changed the session, and notifies all tabs. */
  function changing<T>(answer: T): T {
    watch.changed();
    return answer;
  }
  /**
   * The same for a sign-in, unless it is in token mode, which does not change the session. The request body decides the
   * mode.
   */
  const signedIn = (answer: unknown): never =>
    (typeof answer === 'object' && answer !== null && 'session' in answer
      ? changing(answer)
      : answer) as never;

  function signInWithRedirect(login: LoginOptions = {}): void {
    const all = { ...login, return_to: toAbsolute(login.return_to ?? location.href) };
    const given = Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    location.assign(toUrl(`/v1/auth/login?${new URLSearchParams(given).toString()}`));
  }

  async function signInAtPopup(login: LoginOptions): Promise<void> {
    const popup = openPopup();
    try {
      const id = Math.random().toString(36).slice(2);
      const return_to = toPopupReturn(id, login.return_to);
      const { authorization_url } = await call('POST /v1/auth/login/start', { ...login, return_to });
      popup.location.replace(authorization_url);
      await waitForPopup(popup, id, channel);
    } finally {
      popup.close();
    }
  }

  return {
    signUp: (body) => call('POST /v1/auth/signup', body),
    signIn: async (body) => signedIn(await call('POST /v1/auth/signin', body)),
    async signOut(body = {}) {
      const answer = await call('POST /v1/auth/signout', withReturn(body));
      if (body.refresh_token === undefined) watch.changed({ authenticated: false });
      return answer ?? { signout_url: null };
    },
    signInWithRedirect,
    async signInWithPopup(login = {}) {
      await signInAtPopup(login);
      return watch.read(true);
    },
    exchange: async (body) => signedIn(await call('POST /v1/auth/exchange', body)),
    mfa: {
      authenticators: ({ mfa_handle }) =>
        call('GET /v1/auth/mfa/authenticators', undefined, { headers: { 'X-MFA-Handle': mfa_handle } }),
      associate: (body) => call('POST /v1/auth/mfa/associate', body),
      challenge: (body) => call('POST /v1/auth/mfa/challenge', body),
      async verify(body) {
        const response = await request('POST /v1/auth/mfa/verify', body);
        if (response.status !== 202) return signedIn(await readAnswer(response));
        return { status: 'pending', retry_after: readRetryAfterS(response) ?? DEFAULT_PUSH_WAIT_S };
      },
    },
    passwordless: {
      start: (body) => call('POST /v1/auth/passwordless/start', withReturn(body)),
      verify: async (body) => signedIn(await call('POST /v1/auth/passwordless/verify', body)),
    },
    password: {
      forgot: (body) => call('POST /v1/auth/password/forgot', body),
      change: async (body) => changing(await call('POST /v1/auth/password/change', body)),
    },
    email: {
      resendVerification: (body) => call('POST /v1/auth/email/verification', body),
    },
    profile: {
      get: () => call('GET /v1/auth/profile'),
      update: async (body) => changing(await call('PATCH /v1/auth/profile', body)),
    },
    session: ({ touch = true } = {}) => watch.read(touch),
    sessions: {
      list: () => call('GET /v1/auth/sessions'),
      end: async (session) => changing(await call('DELETE /v1/auth/sessions/{id}', undefined, session)),
      endOthers: () => call('DELETE /v1/auth/sessions', undefined, { query: '?keep=current' }),
    },
    fetch: createGatehouseFetch({
      transport,
      watch,
      stepUp,
      signInAgain: signInAtPopup,
      leaveForSignIn: ({ max_age, acr_values }) => signInWithRedirect({ max_age, acr_values }),
    }),
    onSessionChange: watch.listen,
  };
}
