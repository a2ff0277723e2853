import { connections, load } from './load.js';

/** The minimum CPU time of a round, as a share of its duration, and the maximum number of extra turns. */
const fullShare = 0.7;
const mostTurns = 8;

/**
 * Measures the takers of one work in interleaved rounds, A B C A B C, after a warm-up of each. A taker is
 * `{ id, title, server, request, url, connections? }`. Returns, for each, its figures: a list by round of
 * `{ rate, p99Ms, cpuUs, busy }`.
 */
export async function measure(plan, work, takers, say) {
  const { seconds, warmupSeconds, rounds } = plan;
  const sent = new Map(takers.map((taker) => [taker, 0]));
  const figures = new Map(takers.map((taker) => [taker, []]));

  const turn = async (taker, forSeconds) => {
    const { server, target, request } = taker;
    const pace = { seconds: forSeconds, connections: taker.connections ?? connections };
    const asked = { ...request, first: sent.get(taker), count: work.values };
    const cpuBefore = server.readCpuUs();
    const result = await load(plan, `${server.origin}${target}`, pace, asked);
    const cpuUs = server.readCpuUs() - cpuBefore;
    // Requests in flight at the end were sent but are not counted.
    sent.set(taker, sent.get(taker) + result.requests + pace.connections);
    server.forgetLog();
    return { ...result, cpuUs };
  };

  /** Repeats until the server has had enough CPU time; on a shared machine that takes several turns. */
  const once = async (taker, forSeconds) => {
    await taker.server.check(taker);
    const [whole, ...more] = [await turn(taker, forSeconds)];
    while (whole.cpuUs / 1e6 < forSeconds * fullShare && more.length < mostTurns) {
      const next = await turn(taker, forSeconds);
      more.push(next);
      for (const name of ['requests', 'seconds', 'cpuUs']) whole[name] += next[name];
    }
    return {
      rate: whole.requests / whole.seconds,
      p99Ms: Math.max(...[whole, ...more].map(({ p99Ms }) => p99Ms)),
      cpuUs: whole.cpuUs / whole.requests,
      busy: whole.cpuUs / 1e6 / whole.seconds,
    };
  };

  say(`${work.id}: warming up`);
  for (const taker of takers) {
    do await once(taker, warmupSeconds);
    while (work.seenBefore && sent.get(taker) < work.values);
  }
  for (let round = 1; round <= rounds; round += 1) {
    say(`${work.id}: round ${round} of ${rounds}`);
    for (const taker of takers) figures.get(taker).push(await once(taker, seconds));
  }
  return takers.map((taker) => ({ id: taker.id, title: taker.title, rounds: figures.get(taker) }));
}
