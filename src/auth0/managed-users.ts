import type { Management as Wire } from 'auth0';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { type AskManagement, collectPages, parseAnswer } from './management-client.ts';

const text = z.string().nullish().catch(undefined);
const metadata = z.record(z.string(), z.unknown()).nullish().catch(undefined);

/** The members of a user that users may see themselves. */
export const managedUser = z.object({
  user_id: z.string().min(1),
  email: text,
  email_verified: z.boolean().nullish().catch(undefined),
  phone_number: text,
  username: text,
  name: text,
  given_name: text,
  family_name: text,
  nickname: text,
  picture: text,
  user_metadata: metadata,
  identities: z.array(z.object({ connection: z.string() })).catch([]),
});
export type ManagedUser = z.output<typeof managedUser>;

const administeredUser = managedUser.extend({
  blocked: z.boolean().nullish().catch(undefined),
  created_at: text,
  last_login: text,
  logins_count: z.number().nullish().catch(undefined),
  app_metadata: metadata,
});

/** The members of a user that administrators see. */
export type AdministeredUser = z.output<typeof administeredUser>;

/** The only members that are requested from the tenant. */
export const USER_FIELDS = Object.keys(managedUser.shape).join();
const ADMINISTERED_FIELDS = Object.keys(administeredUser.shape).join();

const userPage = z.object({ users: z.array(administeredUser), total: z.number() });

/** A consent of a user to a client. */
const grant = z.object({
  id: z.string().min(1),
  clientID: z.string(),
  user_id: z.string(),
  audience: z.string().catch(''),
  scope: z.array(z.string()).catch([]),
});
export type Consent = z.output<typeof grant>;

export interface UserSearch {
  /** A query of Auth0's user search, in Lucene syntax. */
  readonly q: string | undefined;
  /** Starts at 0. */
  readonly page: number;
  readonly perPage: number;
  /** `<field>:1`, or `<field>:-1` for descending order. */
  readonly sort: string | undefined;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly user_metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly app_metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Omitted members stay unchanged; `null` in metadata removes an entry. */
export interface UserChange extends Omit<NewUser, 'email' | 'password'> {
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly nickname?: string | undefined;
  readonly picture?: string | undefined;
  readonly blocked?: boolean | undefined;
}

/** Administration of the tenant's users. All functions throw GatewayError; `not_found` for an unknown user. */
export interface ManagedUsers {
  /** @throws GatewayError `validation_failed` for a search that the tenant refuses */
  search(
    search: UserSearch,
  ): Promise<{ readonly users: readonly AdministeredUser[]; readonly total: number }>;
  read(userId: string): Promise<AdministeredUser>;
  /**
   * Creates a user in the gateway's connection. @throws GatewayError `user_exists`, `weak_password`, `validation_failed`
   */
  create(user: NewUser): Promise<AdministeredUser>;
  /**
   * @throws GatewayError `user_exists`, `validation_failed` for a member that the user's account store does not allow to
   * change
   */
  update(userId: string, change: UserChange): Promise<AdministeredUser>;
  /** Does nothing for an unknown user. */
  remove(userId: string): Promise<void>;
  listConsents(userId: string): Promise<readonly Consent[]>;
  /** Also revokes the refresh tokens that depend on it. */
  revokeConsent(consentId: string): Promise<void>;
  revokeConsents(userId: string): Promise<void>;
}

const CONSENTS_A_PAGE = 100;

export function createManagedUsers(ask: AskManagement, connection: string): ManagedUsers {
  const toUser = (answer: unknown): AdministeredUser => parseAnswer(administeredUser, answer, 'user_answer');

  return {
    async search({ q, page, perPage, sort }) {
      const asked = {
        page,
        per_page: perPage,
        include_totals: true,
        fields: ADMINISTERED_FIELDS,
        search_engine: 'v3',
        ...(q !== undefined && { q }),
        ...(sort !== undefined && { sort }),
      } as const;
      const { response } = await ask('managed-user', (client) => client.users.list(asked));
      return parseAnswer(userPage, response, 'user_list');
    },

    async read(userId) {
      const asked = { fields: ADMINISTERED_FIELDS };
      return toUser(await ask('managed-user', (client) => client.users.get(userId, asked)));
    },

    async create(user) {
      // JSON omits undefined members, which the type cannot express.
      const wanted = { ...user, connection } as Wire.CreateUserRequestContent;
      return toUser(await ask('managed-user', (client) => client.users.create(wanted)));
    },

    async update(userId, change) {
      // Auth0 requires the connection for changes of its attributes.
      const isOfConnection = change.email !== undefined || change.email_verified !== undefined;
      const wanted = { ...change, ...(isOfConnection && { connection }) } as Wire.UpdateUserRequestContent;
      return toUser(await ask('managed-user', (client) => client.users.update(userId, wanted)));
    },

    async remove(userId) {
      await ask('managed-user', (client) => client.users.delete(userId)).catch((error: unknown) => {
        if (!(error instanceof GatewayError && error.code === 'not_found')) throw error;
      });
    },

    listConsents: (user_id) =>
      collectPages(async (page) => {
        const asked = { user_id, page, per_page: CONSENTS_A_PAGE, include_totals: true };
        const { response } = await ask('management', (client) => client.userGrants.list(asked));
        const { grants } = parseAnswer(z.object({ grants: z.array(grant) }), response, 'grant_list');
        return { items: grants, isLast: grants.length < CONSENTS_A_PAGE };
      }),

    async revokeConsent(consentId) {
      await ask('management', (client) => client.userGrants.delete(consentId));
    },

    async revokeConsents(user_id) {
      await ask('management', (client) => client.userGrants.deleteByUserId({ user_id }));
    },
  };
}
