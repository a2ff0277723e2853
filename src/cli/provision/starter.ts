import { stringify } from 'yaml';
import type { ProvisionSettings } from '../../config/read-config.ts';
import { toGatewaySeed } from '../../embedded/gateway-seed.ts';
import type { TenantFile } from './desired-tenant.ts';
import { toTenantFile } from './export-tenant.ts';
import { GATEWAY_KEY } from './secrets-out.ts';

/** The input of the file: the configuration, and the scopes that the gateway's routes require of each API. */
export interface StarterInput {
  readonly settings: ProvisionSettings;
  readonly scopes: ReadonlyMap<string, readonly string[]>;
}

const MANAGEMENT = '$mgmt';
/** The administration API in the seed. */
const ADMIN_API = 'urn:gatehouse:admin';
const PASSWORD_GRANTS = new Set(['password', 'http://auth0.com/oauth/grant-type/password-realm']);

type Api = NonNullable<TenantFile['apis']>[number];
type Client = NonNullable<TenantFile['clients']>[number];

/** The tenant file of the embedded tenant, which is derived from its seed. */
function toSeedFile(): TenantFile {
  const seed = toGatewaySeed([]);
  return toTenantFile({
    audience: MANAGEMENT,
    ownClientId: 'gatehouse-management',
    tenant: {},
    apis: seed.resource_servers ?? [],
    clients: seed.clients ?? [],
    grants: seed.client_grants ?? [],
    connections: [],
  });
}

/** The gateway's application, at the URLs and with the grants of the configuration. */
function toGatewayClient(
  client: Client,
  { publicUrl, passwordSignin, isEmbedded }: ProvisionSettings,
): Client {
  const { settings = {}, grants, ...rest } = client;
  const { refresh_token, oidc_logout, ...others } = settings;
  const backchannel = { backchannel_logout_urls: [`${publicUrl}/v1/auth/backchannel-logout`] };
  const { policies: _policies, ...refreshToken } = Object(refresh_token);
  return {
    ...rest,
    callbacks: [`${publicUrl}/v1/auth/callback`],
    logout_urls: [`${publicUrl}/v1/auth/signed-out`],
    grant_types: (rest.grant_types ?? []).filter((grant) => passwordSignin || !PASSWORD_GRANTS.has(grant)),
    settings: {
      ...others,
      web_origins: [publicUrl],
      oidc_logout: { ...Object(oidc_logout), ...backchannel },
      // Further APIs belong to the demo.
      refresh_token: isEmbedded ? refresh_token : refreshToken,
    },
    ...(isEmbedded && grants && { grants }),
  };
}

/** The APIs that the gateway accepts tokens of, with the scopes that its routes require. */
function toApis({ settings, scopes }: StarterInput, seeded: readonly Api[]): Api[] {
  const { apiAudiences, adminAudience, isEmbedded } = settings;
  const described = new Map(
    seeded.flatMap((api) =>
      (api.scopes ?? []).map(({ value, description }) => [value, description] as const),
    ),
  );
  const administration = seeded.filter(({ identifier }) => identifier === ADMIN_API);
  const known = isEmbedded
    ? seeded
    : administration.flatMap((api) => (adminAudience ? [{ ...api, identifier: adminAudience }] : []));
  const added = apiAudiences
    .filter((audience) => !known.some(({ identifier }) => identifier === audience))
    .map((identifier) => ({
      identifier,
      scopes: [],
      settings: { allow_offline_access: true, skip_consent_for_verifiable_first_party_clients: true },
    }));
  return [...known, ...added].map((api): Api => {
    const own = (api.scopes ?? []).map(({ value }) => value);
    const missing = (scopes.get(api.identifier) ?? []).filter((value) => !own.includes(value));
    const texts = missing.map((value) => ({ value, description: described.get(value) ?? toText(value) }));
    return { ...api, scopes: [...(api.scopes ?? []), ...texts] };
  });
}

/** A scope in words, for the page that asks for consent. */
const toText = (scope: string): string => {
  const words = scope.replaceAll(/[:._-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The file of `provision init`: the requirements of the gateway for its tenant. */
export function toStarter(input: StarterInput): TenantFile {
  const { connection, isEmbedded } = input.settings;
  const { apis = [], clients = [] } = toSeedFile();
  const own = clients.flatMap((client) => {
    if (client.key === GATEWAY_KEY) return [toGatewayClient(client, input.settings)];
    return isEmbedded ? [client] : [];
  });
  return {
    version: 1,
    tenant: {
      flags: { use_scope_descriptions_for_consent: true },
      settings: { default_directory: connection },
    },
    apis: toApis(input, apis),
    clients: own,
    connections: [{ name: connection, clients: [GATEWAY_KEY], settings: { strategy: 'auth0' } }],
  };
}

const HEAD = `# What the Auth0 tenant of this gateway should be. "gatehouse provision plan" shows the difference, "apply" makes it so.
# What is not mentioned stays as it is. "settings" takes field names of Auth0's Management API. No secrets in here.
`;

const EXAMPLES = `
# Further entries of "clients": a customer's machine client, and an application of somebody else.
#  - key: gift-deliveries
#    name: Gift Deliveries
#    kind: machine
#    grants: [{ audience: <API>, scopes: [<scope>] }]
#  - key: calendar-app
#    name: CalendarApp
#    kind: third-party
#    callbacks: [https://calendar.example.com/callback]
#    grant_types: [authorization_code, refresh_token]
#    grants: [{ audience: <API>, scopes: [<scope>] }]
`;

/** A tenant file as text. */
export const toYaml = (file: TenantFile): string =>
  HEAD + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false });

/** The starter as text, with examples of what it does not contain. */
export const toStarterText = (input: StarterInput): string =>
  toYaml(toStarter(input)) + (input.settings.isEmbedded ? '' : EXAMPLES);
