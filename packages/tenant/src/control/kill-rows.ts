import { defineRow, type SchemaRow } from '../wire/row.ts';
import { notFound, ok } from './replies.ts';

export interface KillSwitches {
  /** Ends all that a user holds: sessions and refresh tokens. False where there is no such user. */
  readonly revokeUser: (id: string) => boolean;
  /** Ends all tokens that a client holds. False where there is no such client. */
  readonly revokeClient: (id: string) => boolean;
  /** Ends the refresh tokens that descend from one sign-in. False where there are none of that id. */
  readonly revokeFamily: (id: string) => boolean;
}

/** The operations that end at once what somebody may still use. */
export const killRows = ({ revokeUser, revokeClient, revokeFamily }: KillSwitches): readonly SchemaRow[] => [
  defineRow({
    method: 'POST',
    path: '/users/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeUser(id) ? ok({ user_id: id, revoked: true }) : notFound('There is no such user.'),
  }),
  defineRow({
    method: 'POST',
    path: '/clients/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeClient(id) ? ok({ client_id: id, revoked: true }) : notFound('There is no such client.'),
  }),
  defineRow({
    method: 'POST',
    path: '/families/:id/revoke',
    handle: ({ params: { id = '' } }) =>
      revokeFamily(id)
        ? ok({ family_id: id, revoked: true })
        : notFound('There are no refresh tokens of such a family.'),
  }),
];
