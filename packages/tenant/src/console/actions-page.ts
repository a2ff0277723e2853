import type { ActionLogEntry } from '../action-runtime/action-log.ts';
import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { asJson, card, code, list, mark, type Tone } from './elements.ts';
import { formatTime } from './times.ts';

const TONES: Readonly<Record<ActionLogEntry['outcome'], Tone>> = {
  passed: 'good',
  paused: 'warn',
  denied: 'warn',
  failed: 'bad',
  timeout: 'bad',
};

/** GET /console/actions: the bound Actions, and their latest executions with console output and timings. */
export const actionsPage = ({ context: { state, clock, actions } }: ConsoleDeps): ConsolePage => ({
  path: '/actions',
  section: 'actions',
  show: () => ({
    title: 'Actions',
    lead: 'Actions run as your own code on this machine: only their process, memory, files and environment are limited.',
    refreshMs: 2000,
    body: html`${card({
      id: 'triggers',
      title: 'Triggers',
      live: true,
      look: 'wide',
      body: list(
        state.triggerBindings
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
        actions.log
          .list()
          .map((entry) => toLine(entry, clock.now()))
          .toReversed(),
        'No Action has run yet.',
        'requests',
      ),
    })}`,
  }),
});

const toLine = (entry: ActionLogEntry, nowMs: number) => html`<div class="line">
<span class="when">${formatTime(entry.at, nowMs)}</span>
<span class="what">${code(entry.action)} ${entry.trigger}, ${entry.duration_ms} ms ${entry.message ?? ''}</span>
<span class="by">${mark(entry.outcome, TONES[entry.outcome])}</span>
</div>
${asJson(`action-${entry.id}`, entry, 'Details')}`;
