import { memberRoles } from '../organizations/membership.ts';
import { enabledConnections, organizationConnections } from '../organizations/organization-connections.ts';
import { type Html, html } from '../pages/html.ts';
import type { Organization } from '../state/organization-documents.ts';
import type { User } from '../state/user-documents.ts';
import { type ConsoleDeps, type ConsolePage, requireExisting, type Visit } from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { actionButton, actionForm, asJson, card, code, facts, labelled, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import { invitationsCard, invite, revokeInvitation } from './invitations-card.ts';
import type { Manage } from './manage.ts';
import { findMember, membersCard } from './members-card.ts';

const idOf = ({ params }: Pick<Visit, 'params'>): string => params['id'] ?? '';

/** GET /console/organizations/:id: an organization's data and the actions on it. */
export function organizationPage(deps: ConsoleDeps, manage: Manage): ConsolePage {
  const { state } = deps.context;
  /** Calls the Management API below the organization of the page. */
  const call = (method: 'POST' | 'PATCH' | 'DELETE', visit: Visit, path: readonly string[], body?: object) =>
    manage(method, ['organizations', idOf(visit), ...path], body);
  return {
    path: '/organizations/:id',
    section: 'organizations',
    show: (visit) => {
      const organization = state.organizations.get(idOf(visit));
      if (!organization) return undefined;
      return {
        title: organization.display_name,
        lead: code(organization.id),
        body: html`<div class="cards packed">
${settingsCard(organization, visit)}
${members(deps, visit, organization)}
${connectionsCard(deps, visit, organization)}
${invitationsCard(deps, visit, organization)}
${deleteCard(visit, 'organization', organization.name)}
</div>
${asJson('organization-json', organization)}`,
      };
    },
    actions: {
      'set-organization': async (visit) => {
        const organization = requireExisting(state.organizations.get(idOf(visit)), 'organization');
        await call('PATCH', visit, [], readChanges(visit, valuesOf(organization)));
        return { done: 'organization_saved' };
      },
      'add-member': async (visit) => {
        const user = findMember(state, visit);
        await call('POST', visit, ['members'], { members: [user.user_id] });
        return { done: 'member_added', user_id: user.user_id };
      },
      'remove-member': async (visit) => {
        const user_id = visit.fields['user'] ?? '';
        await call('DELETE', visit, ['members'], { members: [user_id] });
        return { done: 'member_removed', user_id };
      },
      'add-connection': async (visit) => {
        const { connection: connection_id = '', assign } = visit.fields;
        const body = { connection_id, assign_membership_on_login: assign === 'yes' };
        await call('POST', visit, ['enabled_connections'], body);
        return { done: 'connection_added' };
      },
      'remove-connection': async (visit) => {
        await call('DELETE', visit, ['enabled_connections', visit.fields['connection'] ?? '']);
        return { done: 'connection_removed' };
      },
      invite: (visit) => invite(manage, visit),
      'revoke-invitation': (visit) => revokeInvitation(manage, visit),
      delete: async (visit) => {
        requireSure(visit, 'organization');
        await call('DELETE', visit, []);
        return { done: 'organization_deleted', to: '/console/organizations' };
      },
    },
  };
}

const THIRD_PARTIES = { block: 'Blocked', allow: 'Allowed, if they have a grant' };

const valuesOf = ({ name, display_name, third_party_client_access }: Organization): FormValues => ({
  name,
  display_name,
  third_party_client_access,
});

const settingsCard = (organization: Organization, visit: Visit): Html =>
  card({
    id: 'settings',
    title: 'Settings',
    body: html`${inputForm(
      { visit, action: 'set-organization', values: valuesOf(organization) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`<div class="stack">
${inputs.text('name', 'Name', { hint: 'Lower case letters, digits, - and _.', more: { required: true, maxlength: 50 } })}
${inputs.text('display_name', 'Display name', { more: { required: true, maxlength: 255 } })}
${inputs.select('third_party_client_access', 'Third-party applications', THIRD_PARTIES)}
</div>`,
    )}
${facts(Object.entries(organization.metadata ?? {}))}`,
  });

function members({ context: { state } }: ConsoleDeps, visit: Visit, organization: Organization): Html {
  const users = organization.members.flatMap((id) => state.users.get(id) ?? []);
  const rolesOf = ({ user_id }: User): string[] =>
    memberRoles(organization, user_id).flatMap((id) => state.roles.get(id)?.name ?? []);
  return membersCard(visit, users, rolesOf);
}

function connectionsCard(
  { context: { state } }: ConsoleDeps,
  visit: Visit,
  organization: Organization,
): Html {
  const enabled = enabledConnections(state, organization);
  const listed = organizationConnections(state, organization).map(({ connection_id }) => connection_id);
  const free = state.connections
    .list()
    .filter(({ id }) => organization.connections === undefined || !listed.includes(id));
  const lines = enabled.map(
    ({
      connection: { id, name },
      assign_membership_on_login: assigns,
    }) => html`<div class="line"><span class="what">${code(name)} ${assigns && mark('assigns membership')}</span>
<span class="by">${actionButton(visit, 'remove-connection', 'Remove', { hidden: { connection: id }, about: `the connection ${name}` })}</span></div>`,
  );
  const options = free.map(({ id, name }) => html`<option value="${id}">${name}</option>`);
  return card({
    id: 'connections',
    title: 'Connections',
    aside: organization.connections === undefined && mark('all of the tenant'),
    body: html`${list(lines, 'No connections: users cannot sign in to the organization.')}
${
  free.length > 0 &&
  actionForm(
    visit,
    'add-connection',
    html`<div class="row">${labelled('connection', 'Enable a connection', html`<select id="connection" name="connection">${options}</select>`)}
<button type="submit" class="small">Enable</button></div>
<label class="check"><input type="checkbox" name="assign" value="yes"> A sign-in makes users members</label>`,
  )
}`,
  });
}
