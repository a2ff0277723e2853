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

Written by \`npm run bench\` on ${date}. Compare, don't quote: a ratio holds within one run, a number only with its machine.

![Requests per second, relative to Gatehouse](${chart})

${works.join('\n\n')}
${disturbed ? `\n\\${disturbedNote}\n` : ''}
## How it is measured

${method} Each contender is one process on one pinned core; the load comes from another core. The rounds are interleaved (A B C A B C), so that what changes on the machine meets all alike; the table gives medians. Before each round every server must answer a good token with 200 and, where it has auth, a forged one with 401; one answer other than 2xx under load makes the whole run fail.

Gatehouse does its whole work: request id, security headers, access log into a file, metrics, target checks, guard and scopes for each request; a query asked before it answers from its own memory of answers, as in use. The peers answer a constant of the same size; each is a small script as its own documentation shows it (\`bench/peers/\`), and logs, where it logs, into the same kind of file. Their keys come from a tenant on loopback; HAProxy reads its key from a file.

${missing.length > 0 ? `Left out: ${missing.map(({ title, why }) => `${title} (${why})`).join('; ')}.\n\n` : ''}${toTable([{ head: 'Machine' }, { head: '' }], machine)}

${toTable(
  [{ head: 'Contender' }, { head: 'Versions' }],
  versions.map(({ title, version }) => [title, version || '–']),
)}
`;
}
