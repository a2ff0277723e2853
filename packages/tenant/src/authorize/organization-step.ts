import type { TenantContext } from '../context.ts';
import { acceptInvitation, findInvitation, isInvited } from '../organizations/invitations.ts';
import { addMembers, isMember, notAMember, organizationsOf } from '../organizations/membership.ts';
import {
  connectionSettings,
  enabledConnections,
  signInConnections,
} from '../organizations/organization-connections.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Organization } from '../state/organization-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { invalidRequest, Refusal } from './refusal.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

export const spentInvitation = (): Refusal =>
  invalidRequest('invitation not found or already used', 'organization_usage');

/** Whether a client may sign users in to an organization: strict third parties only if it allows them. */
export const isOpenTo = (client: Client, organization: Organization): boolean =>
  client.third_party_security_mode !== 'strict' || organization.third_party_client_access === 'allow';

const promptsFor = (client: Client, when: 'pre_login_prompt' | 'post_login_prompt'): boolean =>
  client.organization_usage !== 'deny' && client.organization_require_behavior === when;

/** Whether a sign-in without an organization asks for one. */
export const asksForOrganization = (client: Client): boolean =>
  promptsFor(client, 'pre_login_prompt') || promptsFor(client, 'post_login_prompt');

/** The step that comes before the user signs in: to accept an invitation, or to name an organization. */
export function stepBeforeLogin(
  client: Client,
  { request, invited, personal }: LoginTransaction,
): 'invitation' | 'organization' | undefined {
  if (request.invitation !== undefined && invited !== true) return 'invitation';
  const isNamed = request.organization !== undefined || personal === true;
  return !isNamed && promptsFor(client, 'pre_login_prompt') ? 'organization' : undefined;
}

/** The transaction with its organization chosen. */
export const withOrganization = (
  transaction: LoginTransaction,
  { id, name }: Pick<Organization, 'id' | 'name'>,
): LoginTransaction => ({ ...transaction, request: { ...transaction.request, organization: { id, name } } });

/** The organizations that a user may choose from after their sign-in: those that have its connection. */
export const organizationChoices = (
  { state }: Pick<Deps, 'state'>,
  client: Client,
  { connection }: LoginTransaction,
  userId: string,
): Organization[] =>
  organizationsOf(state, userId).filter(
    (organization) =>
      isOpenTo(client, organization) &&
      enabledConnections(state, organization).some((entry) => entry.connection.name === connection),
  );

/** The only organization whose connection makes a user a member at sign-in; undefined if there are several or none. */
function onlyAssigned(
  { state }: Pick<Deps, 'state'>,
  client: Client,
  { connection: name }: LoginTransaction,
): Organization | undefined {
  const found = state.organizations
    .list()
    .filter(
      (organization) =>
        isOpenTo(client, organization) &&
        connectionSettings({ state }, organization, name)?.assign_membership_on_login === true,
    );
  return found.length === 1 ? found[0] : undefined;
}

/** Whether the user has to choose one of their organizations. */
export const lacksChoice = (
  deps: Pick<Deps, 'state'>,
  { client, user, transaction }: { client: Client; user: User; transaction: LoginTransaction },
): boolean =>
  transaction.request.organization === undefined &&
  transaction.personal !== true &&
  promptsFor(client, 'post_login_prompt') &&
  organizationChoices(deps, client, transaction, user.user_id).length > 0;

/**
 * Why a user may not sign in to the organization of a transaction; undefined if they are a member, or will become one by
 * an invitation or by their connection.
 */
export function membershipRefusal(
  deps: Deps,
  client: Client,
  transaction: LoginTransaction,
  user: User,
): Refusal | undefined {
  const { state } = deps;
  const { user_id } = user;
  const { request, connection } = transaction;
  const { organization, invitation } = request;
  if (!organization) {
    const mustBelong = client.organization_usage === 'require' && promptsFor(client, 'post_login_prompt');
    if (!mustBelong || onlyAssigned(deps, client, transaction)) return undefined;
    return organizationChoices(deps, client, transaction, user_id).length > 0
      ? undefined
      : invalidRequest(
          'client requires organization membership, but user does not belong to any organization',
          'organization_usage',
        );
  }
  const stranger = new Refusal('access_denied', notAMember(user_id, organization.id), 'organization_usage');
  if (!state.organizations.get(organization.id)) return stranger;
  if (!signInConnections(deps, client, organization).some(({ name }) => name === connection))
    return new Refusal(
      'access_denied',
      `user ${user_id} belongs to connection ${connection} that is not part of the ${organization.id} organization`,
      'organization_usage',
    );
  if (invitation !== undefined) return invitationRefusal(deps, invitation, user);
  const assigns = connectionSettings(deps, organization, connection)?.assign_membership_on_login === true;
  return assigns || isMember(state, organization.id, user_id) ? undefined : stranger;
}

function invitationRefusal(deps: Deps, ticket: string, user: User): Refusal | undefined {
  const invitation = findInvitation(deps, ticket);
  if (!invitation) return spentInvitation();
  if (isInvited(invitation, user)) return undefined;
  return new Refusal(
    'access_denied',
    `the invitation is for another email address than that of user ${user.user_id}`,
    'organization_usage',
  );
}

/**
 * Makes a signed-in user a member, where `membershipRefusal` has found that they may become one, and chooses the
 * organization if there is only one to choose. Consumes the invitation.
 */
export function joinOrganization(
  context: Deps,
  { client, user, transaction }: { client: Client; user: User; transaction: LoginTransaction },
): LoginTransaction | Refusal {
  const { state } = context;
  const { organization, invitation } = transaction.request;
  if (!organization) return chooseOnly(context, client, transaction, user);
  if (invitation === undefined) {
    if (!isMember(state, organization.id, user.user_id)) addMembers(state, organization.id, [user.user_id]);
    return transaction;
  }
  if (!acceptInvitation(context, invitation, user.user_id)) return spentInvitation();
  const joined = { ...transaction, request: { ...transaction.request, invitation: undefined } };
  state.loginTransactions.put(joined);
  return joined;
}

function chooseOnly(
  context: Deps,
  client: Client,
  transaction: LoginTransaction,
  { user_id }: User,
): LoginTransaction {
  const { state } = context;
  if (client.organization_usage !== 'require' || !promptsFor(client, 'post_login_prompt')) return transaction;
  const own = organizationChoices(context, client, transaction, user_id);
  const assigned = own.length === 0 ? onlyAssigned(context, client, transaction) : undefined;
  if (assigned) addMembers(state, assigned.id, [user_id]);
  const only = own.length === 1 ? own[0] : assigned;
  if (!only) return transaction;
  const chosen = withOrganization(transaction, only);
  state.loginTransactions.put(chosen);
  return chosen;
}

/** Whether the sign-in page of an organization would show no connection. */
export function hasNoVisibleConnection(
  deps: Pick<Deps, 'state'>,
  client: Client,
  { request }: LoginTransaction,
): boolean {
  const { organization, connection } = request;
  if (!organization || connection !== undefined) return false;
  return !signInConnections(deps, client, organization).some(
    ({ name, strategy }) =>
      strategy === 'auth0' ||
      (!['email', 'sms'].includes(strategy) &&
        connectionSettings(deps, organization, name)?.show_as_button === true),
  );
}
