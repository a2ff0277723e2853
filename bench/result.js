/** The middle value; of an even number the mean of the two middle ones. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Below this share of its core a server was not what the figure measured: the neighbours or the load were. */
const busyFloor = 0.9;

/** One work's figures as rows, the fastest first: medians, spread, and Gatehouse's rate over each peer's. */
export function toResult(work, measured) {
  const own = median(measured.find(({ id }) => id === 'gatehouse').rounds.map(({ rate }) => rate));
  const rows = measured.map(({ id, title, rounds }) => {
    const rates = rounds.map(({ rate }) => rate);
    const rate = median(rates);
    const busy = median(rounds.map((round) => round.busy));
    return {
      id,
      title,
      rate,
      lowest: Math.min(...rates),
      highest: Math.max(...rates),
      cpuUs: median(rounds.map(({ cpuUs }) => cpuUs)),
      p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
      busy,
      disturbed: busy < busyFloor,
      ratio: own / rate,
    };
  });
  const goals = work.goals.map(({ peer, atLeast }) => {
    const row = rows.find(({ id }) => id === peer);
    return {
      peer,
      title: row?.title ?? peer,
      atLeast,
      ratio: row?.ratio,
      met: row === undefined ? undefined : row.ratio >= atLeast,
    };
  });
  return { id: work.id, title: work.title, rows: rows.toSorted((a, b) => b.rate - a.rate), goals };
}
