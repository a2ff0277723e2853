import type { RecordedRequest } from '../control/request-recorder.ts';
import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { asJson, card, code, list, mark, type Tone } from './elements.ts';
import { moment } from './times.ts';

/** GET /console/requests: recent requests to the tenant, with secrets masked. */
export const requestsPage = ({ context: { clock }, control }: ConsoleDeps): ConsolePage => ({
  path: '/requests',
  section: 'requests',
  show: () => ({
    title: 'Requests',
    lead: 'What was asked of the tenant lately, newest first. Secrets are masked; the console and its like are left out.',
    refreshMs: 2000,
    body: card({
      id: 'requests',
      title: 'Lately',
      live: true,
      look: 'wide',
      body: list(
        control.requests
          .list()
          .map((request, at) => toLine(request, at, clock.now()))
          .toReversed(),
        'Nobody has asked anything yet.',
        'requests',
      ),
    }),
  }),
});

const toLine = (request: RecordedRequest, at: number, nowMs: number) => html`<div class="line">
<span class="when">${moment(request.at, nowMs)}</span>
<span class="what">${code(request.method)} <span class="path">${request.path}</span></span>
<span class="by">${mark(String(request.status ?? 'broken off'), toneOf(request.status))}</span>
</div>
${asJson(`request-${at}-${request.at}`, request, 'Details')}`;

function toneOf(status: number | undefined): Tone {
  if (status === undefined || status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}
