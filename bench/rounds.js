import { connections, load } from './load.js';

/**
 * Measures the servers of one work in interleaved rounds, A B C A B C, after a warm-up of each.
 * Returns, for each server, its figures: a list by round of `{ rate, p99Ms, cpuUs, busy }`.
 */
export async function measure(plan, work, servers, say) {
  const { fleet, generator, loadCore, seconds, warmupSeconds, rounds, tokens } = plan;
  const target = `${work.path}?${work.query}`;
  const sent = new Map(servers.map((server) => [server, 0]));
  const figures = new Map(servers.map((server) => [server, []]));

  const once = async (server, forSeconds) => {
    await server.check(target);
    const pool = { file: tokens.file, first: sent.get(server), count: work.tokens };
    const cpuBefore = server.readCpuUs();
    const result = await load(fleet, generator, loadCore, `${server.origin}${target}`, forSeconds, pool);
    const cpuUs = server.readCpuUs() - cpuBefore;
    // Requests still under way at the end were sent, though not counted.
    sent.set(server, sent.get(server) + result.requests + connections);
    server.forgetLog();
    return {
      rate: result.requests / result.seconds,
      p99Ms: result.p99Ms,
      cpuUs: cpuUs / result.requests,
      busy: cpuUs / 1e6 / result.seconds,
    };
  };

  say(`${work.id}: warming up`);
  for (const server of servers) {
    do await once(server, warmupSeconds);
    while (work.seenBefore && sent.get(server) < work.tokens);
  }
  for (let round = 1; round <= rounds; round += 1) {
    say(`${work.id}: round ${round} of ${rounds}`);
    for (const server of servers) figures.get(server).push(await once(server, seconds));
  }
  return servers.map((server) => ({
    id: server.contender.id,
    title: server.contender.title,
    rounds: figures.get(server),
  }));
}
