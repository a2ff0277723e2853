import { type Fault, MAX_FAULTS } from '../control/fault.ts';
import { type Html, html } from '../pages/html.ts';
import { type ConsoleDeps, type ConsolePage, ConsoleRefusal, type Visit } from './console-page.ts';
import { actionButton, card, code, list, mark } from './elements.ts';
import { faultForm, parseFault } from './fault-form.ts';

/** GET /console/faults: injects faults into the tenant. */
export function faultsPage({ control: { faults } }: ConsoleDeps): ConsolePage {
  return {
    path: '/faults',
    section: 'faults',
    show: (visit) => {
      const active = faults.list();
      return {
        title: 'Faults',
        lead: 'Injected errors and delays. The first fault that matches a request applies to it; faults do not affect the console and /_tenant.',
        refreshMs: 2000,
        body: html`<div class="cards">${card({
          id: 'active',
          title: 'Active faults',
          look: 'wide',
          live: true,
          aside: active.length > 0 && actionButton(visit, 'clear', 'Remove all'),
          body: list(
            active.map((fault) => toLine(visit, fault)),
            'No faults.',
          ),
        })}
${card({ id: 'inject', title: 'Inject a fault', look: 'wide', body: faultForm(visit) })}</div>`,
      };
    },
    actions: {
      add: (visit) => {
        const active = faults.list();
        if (active.length >= MAX_FAULTS)
          throw new ConsoleRefusal('The maximum number of faults is reached. Remove one first.');
        faults.replace([...active, parseFault(visit)]);
        return { done: 'fault_added' };
      },
      clear: () => {
        faults.replace([]);
        return { done: 'faults_cleared' };
      },
      remove: ({ fields }) => {
        const active = faults.list();
        const gone = active.find((fault) => nameOf(fault) === fields['fault']);
        if (!gone) throw new ConsoleRefusal('The fault no longer exists.', 404);
        faults.replace(active.filter((fault) => fault !== gone));
        return { done: 'fault_removed' };
      },
    },
  };
}

/** The properties of a fault that identify it while its remaining count changes; its list position may change too. */
const nameOf = ({ times: _times, ...fault }: Fault): string => JSON.stringify(fault);

function toLine(visit: Visit, fault: Fault): Html {
  const { method, path, status, headers, body, delay_ms, reset, times } = fault;
  const effects = [
    reset === true && mark('reset', 'bad'),
    status !== undefined && mark(String(status), status >= 500 ? 'bad' : 'warn'),
    delay_ms !== undefined && html` after ${delay_ms} ms`,
    headers && html` ${Object.entries(headers).map(([name, value]) => html`${code(`${name}: ${value}`)} `)}`,
    body !== undefined && html` ${code(typeof body === 'string' ? body : JSON.stringify(body))}`,
  ];
  return html`<div class="line">
<span class="what">${code(method)} <span class="path">${path}</span></span>
<span class="who">${effects}</span>
<span class="by">${times === 1 ? '1 time left' : `${times} times left`} ${actionButton(
    visit,
    'remove',
    'Remove',
    {
      hidden: { fault: nameOf(fault) },
      about: `the fault at ${path}`,
    },
  )}</span>
</div>`;
}
