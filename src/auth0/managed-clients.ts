import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { type AskManagement, collectPages, parseAnswer } from './management-client.ts';

const client = z.object({
  client_id: z.string().min(1),
  name: z.string().catch(''),
  app_type: z.string().nullish().catch(undefined),
  grant_types: z.array(z.string()).catch([]),
  client_metadata: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});

/** The members of an application that the gateway reads. */
export type ManagedClient = z.output<typeof client>;

const clientGrant = z.object({
  id: z.string().min(1),
  client_id: z.string().nullish(),
  audience: z.string(),
  scope: z.array(z.string()).nullish(),
  subject_type: z.string().nullish(),
});

/** What a client may request of an API. */
export type ClientGrant = z.output<typeof clientGrant>;

const withSecret = z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) });
export type ClientSecret = z.output<typeof withSecret>;

/** The settings of a machine client that the gateway creates. */
export interface MachineClient {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The machine clients of the tenant and their grants. All functions throw GatewayError; `not_found` for an unknown client.
 */
export interface ManagedClients {
  /** All applications of the tenant. @throws GatewayError `tenant_error` from 1,000 on */
  list(): Promise<readonly ManagedClient[]>;
  /** Creates a client that can only use client credentials. */
  create(machine: MachineClient): Promise<ClientSecret>;
  /** Sets an existing client to the settings of `create`. */
  restore(clientId: string, machine: MachineClient): Promise<void>;
  remove(clientId: string): Promise<void>;
  /** Returns the new secret; the old one is invalid immediately. */
  rotateSecret(clientId: string): Promise<ClientSecret>;
  listGrants(
    of: { readonly client_id: string } | { readonly audience: string },
  ): Promise<readonly ClientGrant[]>;
  createGrant(clientId: string, audience: string, scope: readonly string[]): Promise<void>;
  updateGrant(grantId: string, scope: readonly string[]): Promise<void>;
  removeGrant(grantId: string): Promise<void>;
  /** The scopes of an API. */
  listScopes(audience: string): Promise<readonly string[]>;
}

const PAGE = 100;
/** Auth0's limit of offset pagination. */
const MAX_CLIENTS = 1000;
const CLIENT_FIELDS = Object.keys(client.shape).join();
const clientPage = z.object({ clients: z.array(client) });
const grantPage = z.object({ client_grants: z.array(clientGrant), next: z.string().nullish() });
const api = z.object({ scopes: z.array(z.object({ value: z.string() })).nullish() });

const toMachine = ({ name, metadata }: MachineClient) => ({
  name,
  app_type: 'non_interactive' as const,
  grant_types: ['client_credentials'],
  client_metadata: { ...metadata },
});

export function createManagedClients(ask: AskManagement): ManagedClients {
  return {
    async list() {
      const found = await collectPages(async (page) => {
        const asked = {
          fields: CLIENT_FIELDS,
          include_fields: true,
          include_totals: true,
          page,
          per_page: PAGE,
        };
        const { response } = await ask('management', ({ clients }) => clients.list(asked));
        const { clients: items } = parseAnswer(clientPage, response, 'client_list');
        return { items, isLast: items.length < PAGE };
      });
      // A client could be missing in an incomplete list.
      if (found.length >= MAX_CLIENTS) throw new GatewayError('tenant_error', { reason: 'too_many_clients' });
      return found;
    },

    async create(machine) {
      const made = await ask('management', ({ clients }) => clients.create(toMachine(machine)));
      return parseAnswer(withSecret, made, 'client_answer');
    },

    async restore(clientId, machine) {
      await ask('managed-client', ({ clients }) => clients.update(clientId, toMachine(machine)));
    },

    async remove(clientId) {
      await ask('managed-client', ({ clients }) => clients.delete(clientId));
    },

    async rotateSecret(clientId) {
      const rotated = await ask('managed-client', ({ clients }) => clients.rotateSecret(clientId));
      return parseAnswer(withSecret, rotated, 'client_answer');
    },

    listGrants(of) {
      let from: string | undefined;
      return collectPages(async () => {
        const asked = { ...of, take: PAGE, ...(from !== undefined && { from }) };
        const { response } = await ask('management', ({ clientGrants }) => clientGrants.list(asked));
        const { client_grants: items, next } = parseAnswer(grantPage, response, 'client_grant_list');
        from = next ?? undefined;
        return { items, isLast: from === undefined };
      });
    },

    async createGrant(client_id, audience, scope) {
      const subject_type = 'client';
      await ask('management', ({ clientGrants }) =>
        clientGrants.create({ client_id, audience, scope: [...scope], subject_type }),
      );
    },

    async updateGrant(grantId, scope) {
      const wanted = { scope: [...scope] };
      await ask('management', ({ clientGrants }) => clientGrants.update(grantId, wanted));
    },

    async removeGrant(grantId) {
      await ask('management', ({ clientGrants }) => clientGrants.delete(grantId));
    },

    async listScopes(audience) {
      const found = await ask('management', ({ resourceServers }) => resourceServers.get(audience));
      return (parseAnswer(api, found, 'api_answer').scopes ?? []).map(({ value }) => value);
    },
  };
}
