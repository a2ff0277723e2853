import { defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import type { Session } from '../../session/session.ts';
import type { SessionRouteDeps } from './session-routes.ts';
import { signedOutQuery, signOutBody, signOutQuery, signOutReply } from './session-schemas.ts';
import { signOut, signOutByLink, toSignedOutLocation } from './sign-out.ts';

const TAG = 'Sessions';

/** The sign-out routes: for scripts, for navigations, and for the return from the tenant's logout. */
export function signOutRoutes({ sessions, signOut: deps, audit }: SessionRouteDeps): Route[] {
  const { clearCookie } = sessions;
  const seeOther = { description: 'On the way' };

  const recordSignOut = (session: Session | undefined, { id: requestId, ip }: RequestInfo): void => {
    if (session)
      audit({ event: 'auth.signout', outcome: 'succeeded', requestId, ip, subject: session.subject });
  };

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/signout',
      guard: 'optional-session',
      operationId: 'signOut',
      summary: 'Sign out',
      description:
        'Ends the session, or the refresh token in the body. Where the tenant has a session too, `signout_url` ends it.',
      tag: TAG,
      body: signOutBody,
      responses: {
        200: { description: 'The session has ended', schema: signOutReply, headers: ['Set-Cookie'] },
        204: {
          description: 'The refresh token is revoked, or no user was signed in',
          headers: ['Set-Cookie'],
        },
      },
      errors: ['csrf_failed', 'token_mode_refused', 'store_unavailable'],
      handler: async ({ body, request }) => {
        const done = await signOut(deps, body, request);
        if (!done)
          return { status: 204, ...(body.refresh_token === undefined && { cookies: [clearCookie] }) };
        recordSignOut(done.session, request);
        return { status: 200, body: { signout_url: done.signOutUrl }, cookies: [clearCookie] };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/auth/signout',
      guard: 'optional-session',
      kind: 'page',
      acts: { inFrames: 'none' },
      operationId: 'signOutByLink',
      summary: 'Sign out by navigation, at the tenant as well',
      description:
        'A navigation, not for `fetch`. The URL is the `signout_url` of `GET /v1/auth/session`; its `sid` identifies the session.',
      tag: TAG,
      query: signOutQuery,
      responses: { 303: { ...seeOther, headers: ['Set-Cookie'] } },
      errors: ['invalid_sid', 'store_unavailable'],
      handler: async ({ query, request }) => {
        const { location, session } = await signOutByLink(deps, query, request);
        recordSignOut(session, request);
        return { status: 303, headers: { Location: location }, cookies: [clearCookie] };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/auth/signed-out',
      guard: 'public',
      kind: 'page',
      acts: { inFrames: 'none' },
      operationId: 'signedOut',
      summary: 'Return from the logout of the tenant',
      description: 'A navigation. Only the tenant redirects browsers here.',
      tag: TAG,
      query: signedOutQuery,
      responses: { 303: seeOther },
      errors: [],
      handler: ({ query }) => ({ status: 303, headers: { Location: toSignedOutLocation(deps, query.to) } }),
    }),
  ];
}
