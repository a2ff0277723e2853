import { type Fault, maxFaults } from '../control/fault.ts';
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
      const armed = faults.list();
      return {
        title: 'Faults',
        lead: 'Break the tenant on purpose. The first fault that fits a request befalls it; the console and /_tenant are spared.',
        refreshMs: 2000,
        body: html`<div class="cards">${card({
          id: 'armed',
          title: 'Armed',
          look: 'wide',
          live: true,
          aside: armed.length > 0 && actionButton(visit, 'clear', 'Clear all'),
          body: list(
            armed.map((fault) => toLine(visit, fault)),
            'No fault is armed: the tenant works as it should.',
          ),
        })}
${card({ id: 'inject', title: 'Inject a fault', look: 'wide', body: faultForm(visit) })}</div>`,
      };
    },
    actions: {
      add: (visit) => {
        const armed = faults.list();
        if (armed.length >= maxFaults) throw new ConsoleRefusal('There are as many faults as there may be.');
        faults.replace([...armed, parseFault(visit)]);
        return { done: 'fault_added' };
      },
      clear: () => {
        faults.replace([]);
        return { done: 'faults_cleared' };
      },
      remove: ({ fields }) => {
        const armed = faults.list();
        const gone = armed.find((fault) => nameOf(fault) === fields['fault']);
        if (!gone) throw new ConsoleRefusal('There is no such fault any more.', 404);
        faults.replace(armed.filter((fault) => fault !== gone));
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
<span class="by">${times === 1 ? 'once more' : `${times} times more`} ${actionButton(
    visit,
    'remove',
    'Take away',
    {
      hidden: { fault: nameOf(fault) },
      about: `the fault at ${path}`,
    },
  )}</span>
</div>`;
}
