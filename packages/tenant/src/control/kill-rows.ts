import { type Awaitable, type ControlRow, notFound, ok, row } from './control-row.ts';

export interface KillSwitches {
  /** Ends all that a user holds: sessions and refresh tokens. False where there is no such user. */
  readonly revokeUser: (id: string) => Awaitable<boolean>;
  /** Ends all tokens that a client holds. False where there is no such client. */
  readonly revokeClient: (id: string) => Awaitable<boolean>;
  /** Ends the refresh tokens that descend from one sign-in. False where there are none of that id. */
  readonly revokeFamily: (id: string) => Awaitable<boolean>;
}

/** The operations that end at once what somebody may still use. */
export const killRows = ({ revokeUser, revokeClient, revokeFamily }: KillSwitches): readonly ControlRow[] => [
  row('POST', '/users/:id/revoke', {}, async ({ params: { id = '' } }) =>
    (await revokeUser(id)) ? ok({ user_id: id, revoked: true }) : notFound('There is no such user.'),
  ),
  row('POST', '/clients/:id/revoke', {}, async ({ params: { id = '' } }) =>
    (await revokeClient(id)) ? ok({ client_id: id, revoked: true }) : notFound('There is no such client.'),
  ),
  row('POST', '/families/:id/revoke', {}, async ({ params: { id = '' } }) =>
    (await revokeFamily(id))
      ? ok({ family_id: id, revoked: true })
      : notFound('There are no refresh tokens of such a family.'),
  ),
];
