import { forwardClock } from '../control/forward-clock.ts';
import { type Html, html } from '../pages/html.ts';
import { type ConsoleDeps, ConsoleRefusal, type Outcome, type Visit } from './console-page.ts';
import { actionButton, actionForm, card, facts, labelled } from './elements.ts';
import { formatDuration, formatUtc } from './times.ts';

const STEPS = [
  ['1 minute', 60],
  ['10 minutes', 600],
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['30 days', 30 * 86_400],
] as const;

const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

/** The tenant's time, with the forms that move it forward. */
export const clockCard = ({ control: { clock } }: ConsoleDeps, visit: Visit): Html =>
  card({
    id: 'clock-card',
    title: 'Clock',
    body: html`<div id="clock-facts" data-live>${facts([
      ['The tenant’s time', html`<span class="tabular">${formatUtc(clock.now())} UTC</span>`],
      ['Ahead of machine time', clock.offsetS > 0 ? formatDuration(clock.offsetS) : '0 s'],
    ])}</div>
<div class="buttons">${STEPS.map(([label, seconds]) =>
      actionButton(visit, 'forward', `+ ${label}`, { hidden: { count: String(seconds), unit: 'seconds' } }),
    )}</div>
<details id="clock-more"><summary>Another duration</summary>
${actionForm(
  visit,
  'forward',
  html`<div class="row">
${labelled('count', 'Forward by', html`<input id="count" name="count" type="number" min="1" step="1" required inputmode="numeric" value="${visit.fields['count'] ?? '2'}">`)}
${labelled('unit', 'Unit', html`<select id="unit" name="unit">${Object.keys(UNITS).map((unit) => html`<option${unit === 'hours' && html` selected`}>${unit}</option>`)}</select>`)}
<button type="submit" class="small">Forward</button>
</div>`,
)}</details>
<p class="hint">This time applies to tokens, sessions and codes, and to a program that shares the tenant’s clock. It cannot move back; restart
the tenant to reset it.</p>`,
  });

/** Moves the clock forward by `count` units. */
export function forward({ control: { clock } }: ConsoleDeps, { fields }: Visit): Outcome {
  const { count = '', unit = '' } = fields;
  const size = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (!/^\d{1,10}$/.test(count) || size === undefined)
    throw new ConsoleRefusal('Enter a whole number of seconds, minutes, hours or days.');
  if (!forwardClock(clock, Number(count) * size)) throw new ConsoleRefusal('The time is too far ahead.');
  return { done: 'clock_forwarded' };
}
