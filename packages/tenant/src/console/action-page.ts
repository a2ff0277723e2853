import type { TenantContext } from '../context.ts';
import { TRIGGERS } from '../management/actions/triggers.ts';
import { type Html, html } from '../pages/html.ts';
import type { Action } from '../state/action-documents.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  type Outcome,
  requireExisting,
  type Visit,
} from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { actionButton, asJson, card, code, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, pickChanges, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

type Deps = Pick<TenantContext, 'state'>;

/** The trigger of an Action; it has exactly one. */
export const triggerOf = ({ supported_triggers: [trigger] }: Action): string => trigger?.id ?? '';

const bindingsOf = ({ state }: Deps, trigger: string) => state.triggerBindings.get(trigger)?.bindings ?? [];

/** Whether an Action is bound to its trigger. */
export const isBound = (context: Deps, action: Action): boolean =>
  bindingsOf(context, triggerOf(action)).some(({ action_id }) => action_id === action.id);

/** Whether the code that runs is the stored one. */
export const isDeployed = ({ deployed_version: deployed, ...action }: Action): boolean =>
  deployed !== undefined && deployed.code === action.code;

/** An entity-bound Action runs for the resource that names it, not at a trigger. */
const isBindable = (action: Action): boolean =>
  TRIGGERS.some(({ id, binding_policy }) => id === triggerOf(action) && binding_policy === 'trigger-bound');

const valuesOf = (context: Deps, action: Action): FormValues => ({
  name: action.name,
  code: action.code,
  ...(isBindable(action) && { runs: isBound(context, action) }),
});

/** GET /console/actions/:id: the code and the secrets of an Action. */
export function actionPage({ context }: ConsoleDeps, manage: Manage): ConsolePage {
  const { state } = context;
  const findAction = ({ params }: Visit) => state.actions.get(params['id'] ?? '');
  const requireAction = (visit: Visit) => requireExisting(findAction(visit), 'Action');
  return {
    path: '/actions/:id',
    section: 'actions',
    show: (visit) => {
      const action = findAction(visit);
      if (!action) return undefined;
      const { secrets: _secrets, deployed_version: _deployed, ...shown } = action;
      return {
        title: action.name,
        marks: html`${mark(triggerOf(action))} ${isDeployed(action) ? mark('deployed', 'good') : mark('not deployed', 'warn')}`,
        body: html`<div class="cards">
${codeCard(context, action, visit)}
${secretsCard(action, visit)}
${deleteCard(visit, 'Action', action.name, 'It is removed from its trigger.')}
</div>
${asJson('action-json', shown)}`,
      };
    },
    actions: {
      save: (visit) => save(context, manage, requireAction(visit), visit),
      'add-secret': async (visit) => {
        const { id, secrets } = requireAction(visit);
        const { secret = '', value = '' } = visit.fields;
        const kept = secrets.filter(({ name }) => name !== secret.trim()).map(({ name }) => ({ name }));
        await changeAndDeploy(manage, id, { secrets: [...kept, { name: secret.trim(), value }] });
        return { done: 'action_saved' };
      },
      'remove-secret': async (visit) => {
        const { id, secrets } = requireAction(visit);
        const kept = secrets.filter(({ name }) => name !== visit.fields['secret']);
        await changeAndDeploy(manage, id, { secrets: kept.map(({ name }) => ({ name })) });
        return { done: 'action_saved' };
      },
      delete: async (visit) => {
        requireSure(visit, 'Action');
        const action = requireAction(visit);
        await bind(context, manage, action, false);
        await manage('DELETE', ['actions', 'actions', action.id]);
        return { done: 'action_deleted', to: '/console/actions' };
      },
    },
  };
}

/** Changes an Action and deploys it: the changed one runs from now on. */
async function changeAndDeploy(manage: Manage, id: string, body: object): Promise<void> {
  await manage('PATCH', ['actions', 'actions', id], body);
  await manage('POST', ['actions', 'actions', id, 'deploy']);
}

/** Adds an Action at the end of its trigger's ones, or removes it. */
async function bind(context: Deps, manage: Manage, action: Action, runs: boolean): Promise<void> {
  if (!isBindable(action) || isBound(context, action) === runs) return;
  const trigger = triggerOf(action);
  const others = bindingsOf(context, trigger).filter(({ action_id }) => action_id !== action.id);
  const bindings = [
    ...others.map(({ id, display_name }) => ({ display_name, ref: { type: 'binding_id', value: id } })),
    ...(runs ? [{ display_name: action.name, ref: { type: 'action_id', value: action.id } }] : []),
  ];
  await manage('PATCH', ['actions', 'triggers', trigger, 'bindings'], { bindings });
}

async function save(context: Deps, manage: Manage, action: Action, visit: Visit): Promise<Outcome> {
  const changes = readChanges(visit, valuesOf(context, action));
  await changeAndDeploy(manage, action.id, pickChanges(changes, ['name', 'code']) ?? {});
  if (changes['runs'] !== undefined) await bind(context, manage, action, changes['runs'] === true);
  return { done: 'action_saved' };
}

const codeCard = (context: Deps, action: Action, visit: Visit): Html =>
  card({
    id: 'code',
    title: 'Code',
    look: 'wide',
    body: inputForm(
      { visit, action: 'save', values: valuesOf(context, action) },
      { label: 'Save and deploy' },
      (inputs) => html`<div class="stack">
${inputs.text('name', 'Name', { more: { required: true, maxlength: 255 } })}
${inputs.lines('code', 'Code', html`<code>require</code> finds packages in <code>node_modules</code> of the folder in which the tenant was started.`, { min: 12, max: 30 })}
</div>
${isBindable(action) && inputs.check('runs', html`Runs at ${code(triggerOf(action))}`, 'after the Actions that are bound to it already')}`,
    ),
  });

const secretsCard = (action: Action, visit: Visit): Html =>
  card({
    id: 'secrets',
    title: 'Secrets',
    body: html`${list(
      action.secrets.map(
        ({ name }) => html`<div class="line"><span class="what">${code(name)}</span>
<span class="by">${actionButton(visit, 'remove-secret', 'Remove', { hidden: { secret: name }, about: `the secret ${name}` })}</span></div>`,
      ),
      html`None. The code finds them in <code>event.secrets</code>.`,
    )}
${inputForm(
  { visit, action: 'add-secret', values: { secret: '', value: '' } },
  { label: 'Set', look: 'small' },
  (
    inputs,
  ) => html`<div class="fields">${inputs.text('secret', 'Name', { more: { required: true, maxlength: 255 } })}
${inputs.text('value', 'Value', { more: { required: true, maxlength: 4096 } })}</div>`,
)}`,
  });
