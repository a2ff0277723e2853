import { MANAGEMENT_API_SEED } from './management-api.ts';
import { mergeSeeds } from './merge-seeds.ts';
import type { SeedInput } from './seed-input.ts';
import { STARTER_SEED } from './starter-seed.ts';

const DEFAULT_DIRECTORY = 'Username-Password-Authentication';

const EMPTY: SeedInput = {
  tenant: {},
  guardian: {},
  connections: [],
  resource_servers: [],
  clients: [],
  organizations: [],
  client_grants: [],
  roles: [],
  users: [],
};

/** The base of every tenant: the default directory, the other connections, and the Management API. */
const BASE: SeedInput = {
  ...EMPTY,
  tenant: {
    default_directory: DEFAULT_DIRECTORY,
    skip_non_verifiable_callback_uri_confirmation_prompt: true,
    pushed_authorization_requests_supported: true,
    flags: { use_scope_descriptions_for_consent: true },
  },
  connections: [
    { name: DEFAULT_DIRECTORY, strategy: 'auth0', is_domain_connection: true },
    { name: 'email', strategy: 'email' },
    { name: 'sms', strategy: 'sms' },
    { name: 'simulated-social', strategy: 'oauth2' },
    { name: 'simulated-enterprise', strategy: 'oidc' },
  ],
  resource_servers: [MANAGEMENT_API_SEED],
};

/** A seed that the program provides; absent members are empty. */
export type BuiltInSeed = Partial<SeedInput>;

/**
 * The initial seed without a seed file: the base, with the program's seed or the default `starterSeed` applied on top.
 */
export const toBuiltInSeed = (own: BuiltInSeed = STARTER_SEED): SeedInput =>
  mergeSeeds(BASE, { ...EMPTY, ...own });
