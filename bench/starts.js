import { setTimeout as sleep } from 'node:timers/promises';

const settleMs = 2_000;

/** Measures `rounds` starts, one after the other: `{ cpuS, rssMb }` of each, when it has answered, and when it is idle. */
export async function measureStarts({ rounds }, start, taker) {
  const figures = [];
  for (let round = 1; round <= rounds; round += 1) {
    const server = await start();
    await server.ready({ ...taker, server });
    const cpuS = server.readCpuUs() / 1e6;
    await sleep(settleMs);
    figures.push({ cpuS, rssMb: server.readRssMb() });
    await server.stop();
  }
  return figures;
}
