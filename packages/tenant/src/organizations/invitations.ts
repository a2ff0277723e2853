import type { TenantContext } from '../context.ts';
import { toIso } from '../lib/clock.ts';
import { randomAlphanumeric } from '../lib/random.ts';
import type { Invitation, Organization } from '../state/organization-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';
import type { User } from '../state/user-documents.ts';
import { addMembers } from './membership.ts';

/** Lifetime of an invitation in seconds, unless its creator sets another. */
const LIFETIME_S = 604_800;

export type NewInvitation = Pick<
  Invitation,
  'inviter' | 'invitee' | 'connection_id' | 'roles' | 'app_metadata' | 'user_metadata'
> & {
  readonly client: Client;
  /** The page of the application that begins the sign-in. */
  readonly loginUrl: string;
  /** Zero or undefined: a week. */
  readonly ttlS: number | undefined;
  readonly isMailed: boolean;
};

/** Invites an address to an organization, and mails it the link unless `isMailed` is false. */
export function createInvitation(
  { state, clock, inbox }: Pick<TenantContext, 'state' | 'clock' | 'inbox'>,
  organization: Organization,
  { client, loginUrl, ttlS, isMailed, ...given }: NewInvitation,
): Invitation {
  const ticket_id = randomAlphanumeric(32);
  const url = new URL(loginUrl);
  url.searchParams.set('invitation', ticket_id);
  url.searchParams.set('organization', organization.id);
  url.searchParams.set('organization_name', organization.name);
  const now = clock.now();
  const invitation: Invitation = {
    id: `uinv_${randomAlphanumeric(16)}`,
    organization_id: organization.id,
    ...given,
    client_id: client.client_id,
    ticket_id,
    invitation_url: url.href,
    created_at: toIso(now),
    expires_at: toIso(now + (ttlS === undefined || ttlS === 0 ? LIFETIME_S : ttlS) * 1000),
  };
  return state.transaction(() => {
    state.invitations.put(invitation);
    if (isMailed)
      inbox.add({
        to: invitation.invitee.email,
        kind: 'invitation',
        subject: `${invitation.inviter.name} has invited you to ${organization.display_name}`,
        link: invitation.invitation_url,
      });
    return invitation;
  });
}

/** The invitation of a ticket; undefined if it is unknown, accepted or expired. */
export function findInvitation(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  ticket: string,
): Invitation | undefined {
  const [invitation] = state.invitations.find('ticket_id', ticket);
  return invitation && Date.parse(invitation.expires_at) > clock.now() ? invitation : undefined;
}

/** Whether an invitation is for this user's address, in any case. */
export const isInvited = ({ invitee }: Invitation, { email }: Pick<User, 'email'>): boolean =>
  email !== undefined && email.toLowerCase() === invitee.email.toLowerCase();

/** The roles of an invitation that no longer exist. */
export const missingRoles = (
  { roles: known }: Pick<State, 'roles'>,
  { roles = [] }: Pick<Invitation, 'roles'>,
): string[] => roles.filter((id) => !known.get(id));

/**
 * Accepts an invitation for a user: they become a member with its roles and metadata, and their address is verified.
 * Consumes the ticket in the same step. False if it has been consumed meanwhile.
 */
export function acceptInvitation(
  { state }: Pick<TenantContext, 'state'>,
  ticket: string,
  userId: string,
): boolean {
  return state.transaction(() => {
    const [invitation] = state.invitations.find('ticket_id', ticket);
    const user = state.users.get(userId);
    if (!invitation || !user || !state.invitations.remove(invitation.id)) return false;
    const { user_metadata, app_metadata, roles, organization_id } = invitation;
    state.users.put({
      ...user,
      email_verified: true,
      ...(user_metadata && { user_metadata: { ...user.user_metadata, ...user_metadata } }),
      ...(app_metadata && { app_metadata: { ...user.app_metadata, ...app_metadata } }),
    });
    addMembers(state, organization_id, [userId], roles);
    return true;
  });
}
