import type { RecordedRequest } from '../control/request-recorder.ts';
import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { asJson, card, code, list, mark, type Tone } from './elements.ts';
import { formatTime } from './times.ts';

/** GET /console/requests: recent requests to the tenant, with secrets masked. */
export const requestsPage = ({ context: { clock }, control }: ConsoleDeps): ConsolePage => ({
  path: '/requests',
  section: 'requests',
  show: () => ({
    title: 'Requests',
    lead: 'Recent requests, newest first. Secrets are masked. Requests to the console and the control API are not recorded.',
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
        'No requests yet.',
        'requests',
      ),
    }),
  }),
});

const toLine = (request: RecordedRequest, at: number, nowMs: number) => html`<div class="line">
<span class="when">${formatTime(request.at, nowMs)}</span>
<span class="what">${code(request.method)} <span class="path">${request.path}</span></span>
<span class="by">${mark(String(request.status ?? 'connection closed'), toneOf(request.status))}</span>
</div>
${asJson(`request-${at}-${request.at}`, request, 'Details')}`;

function toneOf(status: number | undefined): Tone {
  if (status === undefined || status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}
