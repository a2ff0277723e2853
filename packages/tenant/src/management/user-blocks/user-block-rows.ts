import { z } from 'zod';
import type { LoginFailures, User } from '../../state/user-documents.ts';
import { maxAttemptsOf, removeBlocks, removeUserBlocks } from '../../users/brute-force.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { noSuchUser, requireUser } from '../users/user-errors.ts';

const identifierQuery = z.object({ identifier: z.string().min(1).max(320) });

/** Blocks of brute-force protection. They are independent of a user's `blocked` member. */
export const userBlockRows: MakeRows = (context) => {
  const { state, clock } = context;

  function blocksOf(identifier: string): LoginFailures[] {
    const max = maxAttemptsOf(context);
    return state.loginFailures
      .find('identifier', identifier.toLowerCase())
      .filter(({ count, expires_ms }) => count >= max && expires_ms > clock.now());
  }

  const show = (blocks: readonly LoginFailures[]) => ({
    blocked_for: blocks.map(({ identifier, ip, connection }) => ({
      identifier,
      ...(ip !== '*' && { ip }),
      connection,
    })),
  });

  const identifiersOf = ({ email, username, phone_number }: User): string[] =>
    [email, username, phone_number].filter((identifier) => identifier !== undefined);

  /** Throws 404 for an identifier that no user has and that is not blocked. */
  function requireKnown(identifier: string): void {
    const isTheirs = (user: User): boolean =>
      identifiersOf(user).some((own) => own.toLowerCase() === identifier.toLowerCase());
    const isKnown = state.loginFailures.find('identifier', identifier.toLowerCase()).length > 0;
    if (!isKnown && !state.users.list().some(isTheirs)) throw noSuchUser();
  }

  return [
    defineRow({
      method: 'GET',
      path: '/user-blocks',
      scopes: ['read:users'],
      query: identifierQuery,
      handle: ({ query: { identifier } }) => {
        requireKnown(identifier);
        return { status: 200, body: show(blocksOf(identifier)) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/user-blocks',
      title: 'Unblock by identifier',
      scopes: ['update:users'],
      query: identifierQuery,
      handle: ({ query: { identifier } }) => {
        requireKnown(identifier);
        removeBlocks(context, identifier);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/user-blocks/:id',
      scopes: ['read:users'],
      handle: ({ params }) => {
        const user = requireUser(context, params.id);
        return { status: 200, body: show(identifiersOf(user).flatMap(blocksOf)) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/user-blocks/:id',
      title: 'Unblock a user',
      scopes: ['update:users'],
      handle: ({ params }) => {
        removeUserBlocks(context, requireUser(context, params.id));
        return { status: 204 };
      },
    }),
  ];
};
