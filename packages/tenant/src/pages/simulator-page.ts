import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';
import type { SimulatedIdentity } from './simulated-identities.ts';

/**
 * The form posts to /u/simulator with the hidden `connection` and one of: `identity`, the id of a predefined user;
 * `action` of `continue` with `email` and optionally `name`; `action` of `deny`, which cancels like a user at the
 * provider.
 */
export interface SimulatorModel extends StepModel {
  readonly connection: {
    readonly name: string;
    readonly label: string;
    readonly kind: 'social' | 'enterprise';
  };
  readonly identities: readonly SimulatedIdentity[];
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/** Stands in for a social or enterprise provider: the developer chooses the user. */
export const simulatorPage = (model: SimulatorModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Choose a user',
    body: html`<p class="lead"><strong>${model.connection.label}</strong> is simulated: the user that you choose is signed in to <strong>${model.application}</strong>.</p>
${alert(model.error)}
${form(
  '/u/simulator',
  { state: model.state, connection: model.connection.name },
  model.identities.map(({ id, name, email, email_verified }) =>
    button({
      label: html`<span class="initial" aria-hidden="true">${name.charAt(0)}</span><span>${name} <small>${email}${!email_verified && ', unverified'}</small></span>`,
      name: 'identity',
      value: id,
      look: 'secondary row',
    }),
  ),
  'ways',
)}
<p class="or"><span>or enter another user</span></p>
${form('/u/simulator', { state: model.state, connection: model.connection.name }, [
  field({ name: 'email', label: 'Email', type: 'email', autocomplete: 'off', value: model.email }),
  field({ name: 'name', label: 'Name', autocomplete: 'off', value: model.name, optional: true }),
  button({ label: 'Continue', name: 'action', value: 'continue' }),
  button({
    label: 'Cancel, like a user at the provider',
    name: 'action',
    value: 'deny',
    look: 'link',
    skipsFields: true,
  }),
])}`,
  });
