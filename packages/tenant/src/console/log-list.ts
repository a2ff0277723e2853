import { type Html, html } from '../pages/html.ts';
import type { State } from '../state/state.ts';
import type { LogEntry } from '../state/token-documents.ts';
import { asJson, linkTo, list, mark } from './elements.ts';
import { explainLogType } from './log-types.ts';
import { formatTime } from './times.ts';

/** Log events, one per line, each with its details collapsed. */
export const logList = (
  state: Pick<State, 'users' | 'clients'>,
  entries: readonly LogEntry[],
  nowMs: number,
  none: string,
): Html =>
  list(
    entries.map((entry) => logLine(state, entry, nowMs)),
    none,
    'log',
  );

function logLine(state: Pick<State, 'users' | 'clients'>, entry: LogEntry, nowMs: number): Html {
  const { log_id, date, type, description, user_id, user_name, client_id, client_name } = entry;
  const { label, tone } = explainLogType(type);
  const user = user_id === undefined ? undefined : state.users.get(user_id);
  const client = client_id === undefined ? undefined : state.clients.get(client_id);
  const name = user_name ?? user?.email ?? user?.name ?? user_id;
  return html`<div class="line">
<span class="when">${formatTime(date, nowMs)}</span>
<span class="what">${mark(type, tone)} ${label}</span>
<span class="who">${user_id !== undefined && name !== undefined && user ? linkTo('users', user_id, name) : name}</span>
<span class="by">${client ? linkTo('applications', client.client_id, client.name) : (client_name ?? client_id)}</span>
</div>
${description !== undefined && html`<p class="more">${description}</p>`}
${asJson(`log-${log_id}`, entry, 'Details')}`;
}
