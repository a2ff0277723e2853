import { GatewayError } from '../../errors.ts';
import { type Caller, defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import type { Audit, AuditEvent } from '../../observe/audit.ts';
import type { Session, Sessions } from '../../session/session.ts';
import { toTimes, toUser } from '../../session/signed-in-reply.ts';
import { OWN_TOKENS_ONLY, OWN_USER } from '../own-user.ts';
import {
  endSessionsQuery,
  sessionList,
  sessionQuery,
  sessionReply,
  toSessionList,
} from './session-schemas.ts';
import { type SignOutDeps, toSignOutPath } from './sign-out.ts';

export interface SessionRouteDeps {
  readonly sessions: Sessions;
  readonly signOut: SignOutDeps;
  readonly audit: Audit;
}

const TAG = 'Sessions';

const toSessionBody = (deps: SessionRouteDeps, session: Session) => ({
  authenticated: true,
  user: toUser(session.subject, session.claims),
  scope: session.scope,
  ...toTimes(session),
  signout_url: toSignOutPath(deps.signOut, session),
});

/** The summary of a bearer token's claims. */
function toBearerBody({ subject, clientId, scopes, claims }: Caller) {
  const { exp, permissions } = claims;
  return {
    authenticated: true,
    user: toUser(subject, claims),
    scope: [...scopes].join(' '),
    ...(typeof exp === 'number' && { expires_at: new Date(exp * 1000).toISOString() }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(Array.isArray(permissions) && { permissions: permissions.filter((one) => typeof one === 'string') }),
  };
}

/** The routes that show and end the caller's sessions. */
export function sessionRoutes(deps: SessionRouteDeps): Route[] {
  const { sessions, audit } = deps;

  const recordEnded = (event: AuditEvent, caller: Caller, { id: requestId, ip }: RequestInfo): void =>
    audit({ event, outcome: 'succeeded', requestId, ip, subject: caller.subject });

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/session',
      guard: 'optional',
      operationId: 'getSession',
      summary: 'Who is signed in',
      description:
        'The user of the session or of the bearer token; `authenticated: false` for other callers.',
      tag: TAG,
      query: sessionQuery,
      responses: {
        200: { description: 'The signed-in user, or `authenticated: false`', schema: sessionReply },
      },
      errors: ['ambiguous_credentials', 'csrf_failed', 'invalid_token', 'store_unavailable'],
      handler: async ({ caller, query, request }) => {
        if (caller?.kind === 'bearer') return { status: 200, body: toBearerBody(caller) };
        const session = await sessions.read(request.headers, { touch: query.touch });
        return { status: 200, body: session ? toSessionBody(deps, session) : { authenticated: false } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/auth/sessions',
      guard: OWN_USER,
      operationId: 'listSessions',
      summary: 'List the sessions of the caller, newest first',
      description: OWN_TOKENS_ONLY,
      tag: TAG,
      responses: { 200: { description: 'The sessions', schema: sessionList } },
      errors: ['store_unavailable'],
      handler: async ({ caller }) => ({
        status: 200,
        body: toSessionList(await sessions.list(caller.subject), caller.sessionId),
      }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/auth/sessions',
      guard: OWN_USER,
      operationId: 'endSessions',
      summary: 'End all sessions of the caller',
      description: `With \`keep=current\` the session of this request stays. ${OWN_TOKENS_ONLY}`,
      tag: TAG,
      query: endSessionsQuery,
      responses: { 204: { description: 'The sessions have ended', headers: ['Set-Cookie'] } },
      errors: ['store_unavailable'],
      handler: async ({ caller, query, request }) => {
        const { subject, sessionId } = caller;
        const keepsCurrent = query.keep === 'current';
        if (sessionId !== undefined && !keepsCurrent) await sessions.end(request.headers);
        await sessions.endAll(subject, keepsCurrent ? sessionId : undefined);
        recordEnded('auth.session_revoked', caller, request);
        return {
          status: 204,
          ...(!keepsCurrent && sessionId !== undefined && { cookies: [sessions.clearCookie] }),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/auth/sessions/{id}',
      params: { id: { description: 'An `id` of `GET /v1/auth/sessions`.' } },
      guard: OWN_USER,
      operationId: 'endSession',
      summary: 'End one session of the caller',
      description: OWN_TOKENS_ONLY,
      tag: TAG,
      responses: { 204: { description: 'It has ended', headers: ['Set-Cookie'] } },
      errors: ['not_found', 'store_unavailable'],
      handler: async ({ caller, params, request }) => {
        const { id = '' } = params;
        const isCurrent = id === caller.sessionId;
        if (isCurrent) await sessions.end(request.headers);
        else if (!(await sessions.endOne(caller.subject, id))) throw new GatewayError('not_found');
        recordEnded('auth.session_revoked', caller, request);
        return { status: 204, ...(isCurrent && { cookies: [sessions.clearCookie] }) };
      },
    }),
  ];
}
