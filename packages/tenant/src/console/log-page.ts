import { html } from '../pages/html.ts';
import type { State } from '../state/state.ts';
import type { LogEntry } from '../state/token-documents.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card, searchForm } from './elements.ts';
import { logList } from './log-list.ts';
import { explainLogType } from './log-types.ts';
import { namesOf } from './users-page.ts';

const SHOWN = 100;

/** GET /console/log, with `q` for the text to search for. */
export const logPage = ({ context: { state, log, clock } }: ConsoleDeps): ConsolePage => ({
  path: '/log',
  section: 'log',
  show: (visit) => {
    const wanted = (visit.query.get('q') ?? '').trim().toLowerCase();
    const all = log.list();
    const found = wanted === '' ? all : all.filter(createSearch(state, wanted));
    const entries = found.slice(-SHOWN).toReversed();
    return {
      title: 'Log',
      lead: 'Log events with Auth0’s event codes, newest first.',
      refreshMs: 1000,
      body: html`${searchForm(visit, 'q', 'Event code, user, application, address …')}
${card({
  id: 'events',
  title: found.length > SHOWN ? `The newest ${SHOWN} of ${found.length} events` : 'Events',
  live: true,
  look: 'wide',
  body: logList(state, entries, clock.now(), wanted === '' ? 'No events yet.' : 'No matching events.'),
})}`,
    };
  },
});

/** Whether an event contains the lower-case text in its code, label, details or user. */
function createSearch({ users, clients }: State, wanted: string): (entry: LogEntry) => boolean {
  const has = (text: unknown): boolean => String(text).toLowerCase().includes(wanted);
  const ids = new Set([
    ...users.list().flatMap((user) => (namesOf(user).includes(wanted) ? user.user_id : [])),
    ...clients.list().flatMap((client) => (has(client.name) ? client.client_id : [])),
  ]);
  return (entry) =>
    ids.has(entry.user_id ?? '') ||
    ids.has(entry.client_id ?? '') ||
    has(explainLogType(entry.type).label) ||
    Object.values(entry).some(has);
}
