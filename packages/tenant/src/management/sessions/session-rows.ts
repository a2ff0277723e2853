import { z } from 'zod';
import { endSession } from '../../sessions/end-session.ts';
import type { BrowserSession } from '../../state/browser-documents.ts';
import { revokeFamily } from '../../tokens/refresh-families.ts';
import { checkpointQuery, checkpointReply } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from '../users/user-errors.ts';
import { refreshTokensOf, requireSession, sessionsOf } from './active-sessions.ts';
import { metadataOf } from './metadata.ts';
import { showSession } from './show-session.ts';

const PATH = '/sessions/:id';
const updateBody = z.strictObject({ session_metadata: metadataOf('session_metadata') });
const accessBody = z.strictObject({
  session_id: z.string().min(1).optional(),
  preserve_refresh_tokens: z.boolean().optional(),
});

/** Browser sessions: of a user, or one by its id. */
export const sessionRows: MakeRows = (context) => {
  const { state } = context;
  const end = (session: BrowserSession): void => endSession(context, session, 'session-revoked');
  const revokeTokens = (userId: string, sid?: string): void => {
    for (const family of refreshTokensOf(context, userId))
      if (sid === undefined || family.session?.sid === sid) revokeFamily(context, family.id);
  };
  return [
    defineRow({
      method: 'GET',
      path: '/users/:id/sessions',
      scopes: ['read:sessions'],
      query: z.object(checkpointQuery),
      handle: ({ params, query }) => {
        const items = sessionsOf(context, requireUser(context, params.id).user_id);
        return checkpointReply({ name: 'sessions', items, idOf: ({ sid }) => sid, show: showSession }, query);
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/sessions',
      title: 'Delete sessions for user',
      scopes: ['delete:sessions'],
      handle: ({ params }) => {
        const { user_id } = requireUser(context, params.id);
        for (const session of state.browserSessions.find('user_id', user_id)) end(session);
        return { status: 202 };
      },
    }),
    defineRow({
      method: 'POST',
      path: '/users/:id/revoke-access',
      title: 'Revoke access of a user',
      scopes: ['delete:sessions', 'delete:refresh_tokens'],
      body: accessBody,
      handle: ({ params, body: { session_id, preserve_refresh_tokens } }) => {
        const { user_id } = requireUser(context, params.id);
        const ended = sessionsOf(context, user_id).filter(
          ({ sid }) => session_id === undefined || sid === session_id,
        );
        if (preserve_refresh_tokens !== true) revokeTokens(user_id, session_id);
        for (const session of ended) end(session);
        return { status: 202 };
      },
    }),
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:sessions'],
      handle: ({ params }) => ({ status: 200, body: showSession(requireSession(context, params.id)) }),
    }),
    defineRow({
      method: 'PATCH',
      path: PATH,
      title: 'Update a session',
      scopes: ['update:sessions'],
      body: updateBody,
      handle: ({ params, body }) => {
        const session = {
          ...requireSession(context, params.id),
          metadata: body.session_metadata ?? undefined,
        };
        state.browserSessions.put(session);
        return { status: 200, body: showSession(session) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: PATH,
      title: 'Delete a session',
      scopes: ['delete:sessions'],
      handle: ({ params }) => {
        end(requireSession(context, params.id));
        return { status: 202 };
      },
    }),
    defineRow({
      method: 'POST',
      path: '/sessions/:id/revoke',
      title: 'Revoke a session',
      scopes: ['delete:sessions', 'delete:refresh_tokens'],
      handle: ({ params }) => {
        const session = requireSession(context, params.id);
        revokeTokens(session.user_id, session.sid);
        end(session);
        return { status: 202 };
      },
    }),
  ];
};
