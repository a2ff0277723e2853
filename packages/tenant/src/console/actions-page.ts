import type { ActionLogEntry } from '../action-runtime/action-log.ts';
import { TRIGGERS } from '../management/actions/triggers.ts';
import { html } from '../pages/html.ts';
import { isBound, isDeployed, triggerOf } from './action-page.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { asJson, card, code, linkTo, list, mark, type Tone } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import type { Manage } from './manage.ts';
import { formatTime } from './times.ts';

const TONES: Readonly<Record<ActionLogEntry['outcome'], Tone>> = {
  passed: 'good',
  paused: 'warn',
  denied: 'warn',
  failed: 'bad',
  timeout: 'bad',
};

/** The triggers that the tenant runs Actions at. */
const RUN_AT = [
  'post-login',
  'credentials-exchange',
  'pre-user-registration',
  'post-user-registration',
  'post-change-password',
  'custom-token-exchange',
];

/** GET /console/actions: the Actions, the bound ones, and their latest executions with console output and timings. */
export const actionsPage = ({ context }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/actions',
  section: 'actions',
  show: (visit) => ({
    title: 'Actions',
    lead: 'Actions run as your own code on this machine: only their process, memory, files and environment are limited.',
    refreshMs: 2000,
    body: html`${actionsCard(context)}${createCard(visit)}${card({
      id: 'triggers',
      title: 'Triggers',
      live: true,
      look: 'wide',
      body: list(
        context.state.triggerBindings
          .list()
          .filter(({ bindings }) => bindings.length > 0)
          .map(
            ({ trigger_id, bindings }) => html`<div class="line">
<span class="what">${code(trigger_id)} ${bindings.map(({ display_name }) => display_name).join(', ')}</span>
</div>`,
          ),
        'No Action is bound to a trigger.',
        'triggers',
      ),
    })}${card({
      id: 'executions',
      title: 'Executions',
      live: true,
      look: 'wide',
      body: list(
        context.actions.log
          .list()
          .map((entry) => toLine(entry, context.clock.now()))
          .toReversed(),
        'No Action has run yet.',
        'requests',
      ),
    })}`,
  }),
  actions: { create: (visit) => create(manage, visit) },
});

const actionsCard = (context: ConsoleDeps['context']) =>
  card({
    id: 'actions',
    title: 'All',
    look: 'wide',
    body: list(
      context.state.actions.list().map(
        (action) => html`<div class="line">
<span class="what">${linkTo('actions', action.id, action.name)}</span>
<span class="who">${code(triggerOf(action))}</span>
<span class="by">${isDeployed(action) ? mark('deployed', 'good') : mark('not deployed', 'warn')} ${isBound(context, action) && mark('runs')}</span>
</div>`,
      ),
      'No Actions yet.',
    ),
  });

const createCard = (visit: Visit) =>
  card({
    id: 'create',
    title: 'Create an Action',
    look: 'wide',
    body: inputForm(
      { visit, action: 'create', values: { name: '', trigger: 'post-login' } },
      { label: 'Create' },
      (inputs) => html`<div class="fields">
${inputs.text('name', 'Name', { hint: 'Letters, digits, spaces and -.', more: { required: true, maxlength: 255 } })}
${inputs.select('trigger', 'Trigger', Object.fromEntries(RUN_AT.map((id) => [id, id])), 'When it runs.')}
</div>`,
    ),
  });

/** The handler that a trigger calls, without effect. */
function toTemplate(trigger: string): string {
  const name = trigger
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  return `exports.onExecute${name} = async (event, api) => {\n  console.log(event.request.ip);\n};\n`;
}

/** Creates an Action with an empty handler and redirects to its page. Throws the errors of the Management API. */
async function create(manage: Manage, { fields }: Visit): Promise<Outcome> {
  const { name = '', trigger = '' } = fields;
  const version = TRIGGERS.find(({ id }) => id === trigger)?.version ?? '';
  const created = await manage('POST', ['actions', 'actions'], {
    name: name.trim(),
    supported_triggers: [{ id: trigger, version }],
    code: toTemplate(trigger),
  });
  // The Management API returns the new action.
  const { id } = created as { readonly id: string };
  return { done: 'action_created', to: `/console/actions/${encodeURIComponent(id)}` };
}

const toLine = (entry: ActionLogEntry, nowMs: number) => html`<div class="line">
<span class="when">${formatTime(entry.at, nowMs)}</span>
<span class="what">${code(entry.action)} ${entry.trigger}, ${entry.duration_ms} ms ${entry.message ?? ''}</span>
<span class="by">${mark(entry.outcome, TONES[entry.outcome])}</span>
</div>
${asJson(`action-${entry.id}`, entry, 'Details')}`;
