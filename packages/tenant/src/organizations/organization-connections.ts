import { connectionsOf, mayUseConnection } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import type { Organization, OrganizationConnection } from '../state/organization-documents.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

type Deps = Pick<TenantContext, 'state'>;

/** A connection of an organization with the default settings. */
export const toOrganizationConnection = (
  connection_id: string,
  given: Partial<OrganizationConnection> = {},
): OrganizationConnection => ({
  connection_id,
  assign_membership_on_login: false,
  show_as_button: true,
  is_signup_enabled: false,
  is_enabled: true,
  organization_access_level: 'none',
  ...given,
});

/**
 * The connections of an organization. One without a list of its own has every connection of the tenant, and users sign
 * up where the connection lets them.
 */
export const organizationConnections = (
  { connections }: Pick<State, 'connections'>,
  organization: Organization,
): readonly OrganizationConnection[] =>
  organization.connections ??
  connections.list().map(({ id, strategy, options }) =>
    toOrganizationConnection(id, {
      is_signup_enabled: strategy === 'auth0' && options.disable_signup !== true,
    }),
  );

/** An enabled connection of an organization with its settings there. */
export interface EnabledConnection extends OrganizationConnection {
  readonly connection: Connection;
}

/** The enabled connections of an organization that still exist. */
export const enabledConnections = (
  state: Pick<State, 'connections'>,
  organization: Organization,
): EnabledConnection[] =>
  organizationConnections(state, organization).flatMap((entry) => {
    const connection = entry.is_enabled ? state.connections.get(entry.connection_id) : undefined;
    return connection ? [{ ...entry, connection }] : [];
  });

/** The organization of a sign-in; undefined if it has been deleted. */
type Of = { readonly id: string } | undefined;

/**
 * The connections of a sign-in: the client's or, with an organization, only the organization's. Strict third parties
 * may use domain-level connections alone.
 */
export function signInConnections({ state }: Deps, client: Client, of: Of): Connection[] {
  if (!of) return connectionsOf({ state }, client);
  const organization = state.organizations.get(of.id);
  const strict = client.third_party_security_mode === 'strict';
  return (organization ? enabledConnections(state, organization) : [])
    .map(({ connection }) => connection)
    .filter((connection) => !strict || mayUseConnection(client, connection));
}

/** The settings of a connection in the organization of a sign-in. */
export function connectionSettings(
  { state }: Deps,
  of: Of,
  name: string | undefined,
): EnabledConnection | undefined {
  const organization = of && state.organizations.get(of.id);
  if (!organization) return undefined;
  return enabledConnections(state, organization).find(({ connection }) => connection.name === name);
}

/** The organization and the invitation of a sign-up, if it has any. */
export interface SignUpRequest {
  readonly organization?: Of;
  readonly invitation?: string | undefined;
}

/**
 * Whether users may sign up in a connection. In an organization, its own setting decides; an invited user may sign up
 * wherever the connection allows it.
 */
export function allowsSignUp(deps: Deps, request: SignUpRequest, connection: Connection): boolean {
  const isOpen = connection.options.disable_signup !== true;
  if (!request.organization) return isOpen;
  const settings = connectionSettings(deps, request.organization, connection.name);
  return settings?.is_signup_enabled === true || (request.invitation !== undefined && isOpen);
}
