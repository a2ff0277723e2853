import { defineRow, type SchemaRow } from '../wire/row.ts';
import { notFound, ok } from './replies.ts';

export interface KillSwitches {
  /** Ends a user's sessions and refresh tokens. False if the user does not exist. */
  readonly revokeUser: (id: string) => boolean;
  /** Revokes a client's tokens. False if the client does not exist. */
  readonly revokeClient: (id: string) => boolean;
  /** Revokes a refresh token family. False if it does not exist. */
  readonly revokeFamily: (id: string) => boolean;
}

/** The rows that revoke sessions and tokens. */
export const killRows = ({ revokeUser, revokeClient, revokeFamily }: KillSwitches): readonly SchemaRow[] => [
  defineRow({
    method: 'POST',
    path: '/users/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeUser(id) ? ok({ user_id: id, revoked: true }) : notFound('The user does not exist.'),
  }),
  defineRow({
    method: 'POST',
    path: '/clients/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeClient(id) ? ok({ client_id: id, revoked: true }) : notFound('The client does not exist.'),
  }),
  defineRow({
    method: 'POST',
    path: '/families/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeFamily(id)
        ? ok({ family_id: id, revoked: true })
        : notFound('The refresh token family does not exist.'),
  }),
];
