/** The median. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Below this CPU share of its core, the server was not the bottleneck: other processes or the load generator were. */
const busyFloor = 0.9;

function toRow({ id, title, rounds }) {
  const rates = rounds.map(({ rate }) => rate);
  return {
    id,
    title,
    rate: median(rates),
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    cpuUs: median(rounds.map(({ cpuUs }) => cpuUs)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    disturbed: median(rounds.map(({ busy }) => busy)) < busyFloor,
  };
}

/** The result of a goal: `value` and `met` are undefined if a taker could not run. */
function toReached(goal, rows, first) {
  const row = rows.find(({ id }) => id === (goal.id ?? first.id));
  const other = rows.find(({ id }) => id === goal.against);
  if (goal.against === undefined) {
    const value = row?.[goal.figure];
    const title = goal.id === undefined ? goal.title : `${goal.title}, ${row?.title ?? goal.id}`;
    return { title, bound: goal.atMost, sign: '≤', value, met: value && value <= goal.atMost };
  }
  const value = row && other && other.cpuUs / row.cpuUs;
  const title = `× ${other?.title ?? goal.against}${goal.id === undefined ? '' : `: ${row?.title ?? goal.id}`}`;
  return { title, bound: goal.atLeast, sign: '≥', value, met: value && value >= goal.atLeast };
}

/** The figures of one work as rows, the cheapest first: medians, spread, and CPU time relative to the first taker. */
export function toResult({ id, title, goals }, measured) {
  const rows = measured.map(toRow);
  const [first] = rows;
  const compared = rows.map((row) => ({ ...row, isFirst: row === first, ratio: row.cpuUs / first.cpuUs }));
  const reached = goals.map((goal) => toReached(goal, rows, first));
  return { id, title, rows: compared.toSorted((a, b) => a.cpuUs - b.cpuUs), goals: reached };
}

/** The same for a work whose figures are not per request: medians, no rows. */
export function toStartResult({ id, title, goals }, rounds) {
  const figures = Object.keys(rounds[0]).map((name) => [name, median(rounds.map((round) => round[name]))]);
  const row = { id, ...Object.fromEntries(figures) };
  return { id, title, rows: [], goals: goals.map((goal) => toReached(goal, [row], row)) };
}
