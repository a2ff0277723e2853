import type { Management as Wire } from 'auth0';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { createManagedClients, type ManagedClients } from './managed-clients.ts';
import {
  createManagedUsers,
  type ManagedUser,
  type ManagedUsers,
  managedUser,
  USER_FIELDS,
} from './managed-users.ts';
import {
  collectPages,
  createManagementCalls,
  type ManagementCallOptions,
  parseAnswer,
} from './management-client.ts';
import { createTenantEvents, type TenantEvents } from './tenant-events.ts';
import { createTenantLog, type TenantLog } from './tenant-log.ts';

/** A refresh token in the tenant's list, without the token itself. Rotated tokens of one family are one entry. */
export interface IssuedRefreshToken {
  readonly id: string;
  /** The tenant's session of the sign-in; undefined for a sign-in with a password or a mailed code. */
  readonly sid: string | undefined;
  readonly createdAtMs: number;
}

/** The profile members that users may change themselves; `null` removes an entry of the metadata. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly nickname?: string | undefined;
  readonly picture?: string | undefined;
  readonly user_metadata?: Readonly<Record<string, string | null>> | undefined;
}

/** The calls of the Management API. All functions throw GatewayError. */
export interface Management {
  readonly log: TenantLog;
  readonly events: TenantEvents;
  /** Ends a session at the tenant; an unknown one counts as ended. */
  revokeSession(sid: string): Promise<void>;
  /** The refresh tokens of a user that were issued to the gateway's client. */
  listRefreshTokens(userId: string): Promise<readonly IssuedRefreshToken[]>;
  revokeRefreshTokens(ids: readonly string[]): Promise<void>;
  /** @throws GatewayError `not_found` */
  readUser(userId: string): Promise<ManagedUser>;
  /**
   * @throws GatewayError `not_found`, `validation_failed` for a member that the user's account store does not allow to
   * change
   */
  updateUser(userId: string, change: ProfileChange): Promise<ManagedUser>;
  /** Sets the password of a user of the gateway's connection. @throws GatewayError `not_found`, `weak_password` */
  setPassword(userId: string, password: string): Promise<void>;
  /** The users with an address, in any connection. The address must be in lower case. */
  findByEmail(email: string): Promise<readonly ManagedUser[]>;
  /** Makes the tenant send a verification mail to a user. */
  sendVerificationEmail(userId: string): Promise<void>;
  /** Administration of users. */
  readonly users: ManagedUsers;
  readonly clients: ManagedClients;
  /** Whether the breaker is open. */
  isBroken(): boolean;
  close(): Promise<void>;
}

export interface ManagementOptions extends ManagementCallOptions {
  /** Id of the gateway's client, which signs users in. */
  readonly ownClientId: string;
  /** The connection of users with a password. */
  readonly connection: string;
}

/** Maximum entries per page, and ids per call. */
const PAGE = 100;

const refreshTokenPage = z.object({
  refresh_tokens: z.array(
    z.object({ id: z.string(), session_id: z.string().nullish(), created_at: z.string() }),
  ),
  next: z.string().nullish(),
});

const isMissing = (error: unknown): boolean => error instanceof GatewayError && error.code === 'not_found';

export function createManagement({ ownClientId, connection, ...calls }: ManagementOptions): Management {
  const { ask, get, authorize, isBroken, close } = createManagementCalls(calls);
  const toUser = (answer: unknown): ManagedUser => parseAnswer(managedUser, answer, 'user_answer');

  return {
    log: createTenantLog(get),
    events: createTenantEvents(calls.link.baseUrl, authorize),
    async revokeSession(sid) {
      await ask('user', (client) => client.sessions.revoke(sid)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },

    async listRefreshTokens(userId) {
      const asked = { user_id: userId, client_id: ownClientId, take: PAGE };
      let from: string | undefined;
      return collectPages(async () => {
        const { response } = await ask('management', (client) =>
          client.refreshTokens.list({ ...asked, ...(from !== undefined && { from }) }),
        );
        const { refresh_tokens, next } = parseAnswer(refreshTokenPage, response, 'refresh_token_list');
        from = next ?? undefined;
        const items = refresh_tokens.map(({ id, session_id, created_at }) => ({
          id,
          sid: session_id ?? undefined,
          createdAtMs: Date.parse(created_at),
        }));
        return { items, isLast: from === undefined };
      });
    },

    async revokeRefreshTokens(ids) {
      for (let from = 0; from < ids.length; from += PAGE)
        await ask('management', (client) =>
          client.refreshTokens.revoke({ ids: ids.slice(from, from + PAGE) }),
        );
    },

    async readUser(userId) {
      return toUser(await ask('user', (client) => client.users.get(userId, { fields: USER_FIELDS })));
    },

    async updateUser(userId, change) {
      // JSON omits undefined members, which the type cannot express.
      const wanted = change as Wire.UpdateUserRequestContent;
      return toUser(await ask('user', (client) => client.users.update(userId, wanted)));
    },

    async setPassword(userId, password) {
      await ask('user-password', (client) => client.users.update(userId, { password, connection }));
    },

    async findByEmail(email) {
      const asked = { email: email.toLowerCase(), fields: USER_FIELDS };
      const found = await ask('management', (client) => client.users.listUsersByEmail(asked));
      return parseAnswer(z.array(managedUser), found, 'user_list');
    },

    async sendVerificationEmail(user_id) {
      const wanted = { user_id, client_id: ownClientId };
      await ask('management', (client) => client.jobs.verificationEmail.create(wanted));
    },

    users: createManagedUsers(ask, connection),
    clients: createManagedClients(ask),
    isBroken,
    close,
  };
}
