import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/organization with `organization`, or with `action` of `personal`. */
export interface OrganizationModel extends StepModel {
  /** The submitted name. */
  readonly value?: string | undefined;
  /** Whether the user may sign in without an organization. */
  readonly mayBePersonal: boolean;
}

const personalButton = (mayBePersonal: boolean) =>
  mayBePersonal &&
  button({
    label: 'Continue with personal account',
    name: 'action',
    value: 'personal',
    look: 'secondary',
    skipsFields: true,
  });

/** Asks for the name of the organization before the sign-in. */
export const organizationPage = (model: OrganizationModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Enter Organization',
    body: html`<p class="lead">to continue to <strong>${model.application}</strong></p>
${form('/u/organization', { state: model.state }, [
  field({
    name: 'organization',
    label: 'Organization name',
    autocomplete: 'organization',
    value: model.value,
    error: model.error,
    more: { autocapitalize: 'none', spellcheck: 'false', autofocus: true },
  }),
  button({ label: 'Continue' }),
  personalButton(model.mayBePersonal),
])}`,
  });

/** The form posts to /u/organization-picker with `organization`, or with `action` of `personal`. */
export interface OrganizationPickerModel extends StepModel {
  readonly organizations: readonly { readonly id: string; readonly label: string }[];
  readonly mayBePersonal: boolean;
}

/** Asks a signed-in user which of their organizations to continue with. */
export const organizationPickerPage = (model: OrganizationPickerModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Choose an Organization',
    body: html`<p class="lead">to continue to <strong>${model.application}</strong></p>
${alert(model.error)}
${form(
  '/u/organization-picker',
  { state: model.state },
  [
    ...model.organizations.map(({ id, label }) =>
      button({ label, name: 'organization', value: id, look: 'secondary' }),
    ),
    personalButton(model.mayBePersonal),
  ],
  'ways',
)}`,
  });

/** The form posts to /u/invitation with `action` of `accept` or `deny`. */
export interface InvitationModel extends StepModel {
  readonly organization: string;
  readonly inviter: string;
  /** The invited address. */
  readonly email: string;
}

/** Asks whether the user accepts an invitation. */
export const invitationPage = (model: InvitationModel): TenantReply =>
  toPage({
    ...model,
    heading: 'You’ve Been Invited!',
    body: html`<p class="lead"><strong>${model.inviter}</strong> has invited <strong>${model.email}</strong> to join <strong>${model.organization}</strong> on ${model.application}.</p>
${form(
  '/u/invitation',
  { state: model.state },
  html`<div class="choice">
${button({ label: 'Accept invitation', name: 'action', value: 'accept' })}
${button({ label: 'Decline', name: 'action', value: 'deny', look: 'secondary' })}
</div>`,
)}`,
  });
