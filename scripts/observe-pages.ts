import { AUDIT_EVENTS, NAMED_BY_OUTCOME } from '../src/observe/audit.ts';
import { createMetrics } from '../src/observe/metrics.ts';
import { cell, code, GENERATED, table } from './markdown.ts';

/** Metrics of the gateway itself; the others are those of prom-client. */
const OWN = /^(?:gatehouse|http_server)_/;

/** The members of the line that each request has, in their order. */
export const REQUEST_MEMBERS: Readonly<Record<string, string>> = {
  level: '`info`, `error` for a status of 500 or more, `debug` for health checks',
  time: 'milliseconds since the epoch',
  request_id: 'the `X-Request-Id` of the response, and `request_id` of a problem',
  method: 'the method',
  route: 'the pattern of the route, or `unmatched`; never the path that was asked for',
  status: 'the status of the response',
  ms: 'milliseconds from the request to the end of the response',
  ip: 'the address of the client, as `TRUST_PROXY` lets it be known',
  subject: 'a keyed hash of the subject of the token or session, if there is one',
  client_id: 'the client that the token was issued to, if there is one',
  trace_id: 'the trace of the request, if traces are sent',
  code: 'the error code, if the response is an error',
  reason: 'why, where the code does not say it; for the log only',
  advice: 'what the operator can do, for errors that the caller cannot correct',
  msg: '`request`',
};

/** The members of an audit event, in their order. */
export const AUDIT_MEMBERS: Readonly<Record<string, string>> = {
  level: '`info`',
  time: 'milliseconds since the epoch',
  event: 'the event, see below',
  outcome: '`succeeded` or `failed`',
  request_id: 'the request, where the event belongs to one',
  ip: 'the address of the client',
  subject: 'a keyed hash of who it is about: the user, or the identifier that was tried',
  client_id: 'the client',
  actor: 'a keyed hash of who acted, where that is not the subject: an administrator',
  customer: 'the key of the customer that it is about',
  source: "`feed`, where the tenant's log was the cause",
  reason: 'the error code, with the reason of the response, or a short word',
  msg: '`audit`',
};

/** A registry's metric, as far as the page shows it. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** docs/reference/metrics.md: every metric of the gateway itself, from the registry. */
export async function toMetricsText(): Promise<string> {
  const { registry, ...metrics } = createMetrics({ version: 'none', revision: 'none' });
  metrics.watchKeySet(() => ({ fetches: 0, failures: 0, staleServed: 0, keys: 0 }));
  metrics.watchRevocation(() => ({ lagS: 0, errors: 0, lastSuccessS: 0, denyListEntries: 0 }));
  metrics.watchStore(async () => {});
  metrics.watchSessions(() => 0);
  metrics.watchInFlight(() => 0, 0);
  metrics.watchBreakers(() => []);
  const typeByName = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, type]));
  // The types of prom-client leave out what every metric has.
  const described = registry.getMetricsAsArray() as unknown as readonly Described[];
  const rows = described
    .filter(({ name }) => OWN.test(name))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
    .map(({ name, help, labelNames }) => [
      code(name),
      String(typeByName.get(name)),
      labelNames.map(code).join(', '),
      cell(help),
    ]);
  return `# Metrics

${GENERATED}

\`http://ADMIN_HOST:ADMIN_PORT/metrics\` (port 9464) answers in Prometheus' format. [Monitoring](../how-to/monitoring.md) says how to scrape and
what to watch. Counters exist with 0 from the start. Labels never contain paths, users or addresses of callers. \`process_*\` and
\`nodejs_*\` are those of [prom-client](https://github.com/siimon/prom-client).

${table(['metric', 'type', 'labels', 'meaning'], rows)}
`;
}

const toMemberRows = (members: Readonly<Record<string, string>>): string[][] =>
  Object.entries(members).map(([name, meaning]) => [code(name), meaning]);

/** docs/reference/log.md: the lines of the log that programs read. */
export function toLogText(): string {
  const events = Object.entries(AUDIT_EVENTS).map(([name, meaning]) => {
    const isWhole = NAMED_BY_OUTCOME.has(name as keyof typeof AUDIT_EVENTS);
    return [isWhole ? code(name) : `${code(`${name}.succeeded`)}, ${code(`${name}.failed`)}`, cell(meaning)];
  });
  return `# Log and audit events

${GENERATED}

The log is one line of JSON for each entry, on standard output; in a terminal it is printed for people. \`LOG_LEVEL\` sets the minimum level.
No line contains a query, a password, a token, a code or a cookie. The [runbook](../how-to/runbook.md#messages-of-the-log) explains each warning
and error.

## Requests

One line for each request, when its response has ended.

${table(['member', 'meaning'], toMemberRows(REQUEST_MEMBERS))}

## Audit events

One line for each event.

${table(['member', 'meaning'], toMemberRows(AUDIT_MEMBERS))}

${table(['event', 'written when'], events)}
`;
}
