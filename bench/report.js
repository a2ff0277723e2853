const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const decimal = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

const columns = [
  { head: '', cell: (row) => row.title + (row.disturbed ? ' *' : '') },
  { head: 'requests/s', right: true, cell: (row) => count.format(row.rate) },
  {
    head: 'lowest – highest',
    right: true,
    cell: (row) => `${count.format(row.lowest)} – ${count.format(row.highest)}`,
  },
  { head: 'CPU µs/request', right: true, cell: (row) => decimal(row.cpuUs, 1) },
  { head: 'p99 ms', right: true, cell: (row) => decimal(row.p99Ms, 1) },
  { head: 'CPU, relative', right: true, cell: (row) => `${decimal(row.ratio, 2)} ×` },
];

const goalText = ({ title, sign, bound, value, met }) =>
  value === undefined
    ? `not measured: ${title}, goal ${sign} ${decimal(bound, 2)}`
    : `${met ? 'met' : 'MISSED'}: ${decimal(value, 2)} ${title}, goal ${sign} ${decimal(bound, 2)}`;

const disturbedNote =
  '* its core was not its own for the whole time (busy below 90 %): its rate is too low, its CPU time holds.';

/** The results as plain text for a terminal. */
export function toText(results, missing) {
  const blocks = results.map(({ id, title, rows, goals }) => {
    const cells =
      rows.length === 0
        ? []
        : [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
    const widths = columns.map((_, i) => Math.max(0, ...cells.map((line) => line[i].length)));
    const lines = cells.map((line) =>
      line
        .map((text, i) => (columns[i].right ? text.padStart(widths[i]) : text.padEnd(widths[i])))
        .join('  '),
    );
    return [`${id}  ${title}`, ...lines, ...goals.map((goal) => `  ${goalText(goal)}`)].join('\n');
  });
  const notes = missing.map(({ title, why }) => `left out: ${title} (${why})`);
  if (results.some(({ rows }) => rows.some(({ disturbed }) => disturbed))) notes.push(disturbedNote);
  return `${[...blocks, ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n')}\n`;
}

const toRow = (cells) => `| ${cells.join(' | ')} |`;

function toTable(heads, rows) {
  const rule = heads.map(({ right }) => (right ? '---:' : '---'));
  return [toRow(heads.map(({ head }) => head)), toRow(rule), ...rows.map(toRow)].join('\n');
}

/** The results as the page docs/benchmarks.md. */
export function toMarkdown({ results, missing, machine, versions, method, date, chart }) {
  const works = results.map(({ id, title, rows, goals }) => {
    const table = toTable(
      columns,
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    );
    return `## ${id}: ${title}\n\n${rows.length === 0 ? '' : `${table}\n\n`}${goals.map((goal) => `- ${goalText(goal)}`).join('\n')}`;
  });
  const disturbed = results.some(({ rows }) => rows.some((row) => row.disturbed));
  return `# Benchmarks

Written by \`npm run bench\` on ${date}. A ratio is valid within one run; a number is valid for one machine only.

![Requests per second, relative to Gatehouse](${chart})

${works.join('\n\n')}
${disturbed ? `\n\\${disturbedNote}\n` : ''}
## How it is measured

${method} Each contender is one process on one pinned core; the load comes from another core. The rounds are interleaved (A B C A B C), so that changes of the machine's load affect all contenders; the table shows medians. Before each round, every server must answer a valid token with 200 and, if it has auth, a forged token with 401. One response other than 2xx under load fails the whole run.

Gatehouse runs with all its features: request ID, security headers, access log to a file, metrics, request target checks, guard and scopes for each request. A repeated query is answered from its response cache, as in production. The peers return a constant of the same size. Each is a small script as in its own documentation (\`bench/peers/\`). Peers that log write to the same kind of file. They fetch keys from a tenant on loopback; HAProxy reads its key from a file.

${missing.length > 0 ? `Left out: ${missing.map(({ title, why }) => `${title} (${why})`).join('; ')}.\n\n` : ''}${toTable([{ head: 'Machine' }, { head: '' }], machine)}

${toTable(
  [{ head: 'Contender' }, { head: 'Versions' }],
  versions.map(({ title, version }) => [title, version || '–']),
)}
`;
}
