// Loaded into the gateway of a soak run, before its own modules: at SIGUSR2 it collects garbage and writes its figures to PROBE_FILE.
import { readdirSync, renameSync, writeFileSync } from 'node:fs';

const file = process.env.PROBE_FILE;

/** Handles and requests that keep the process running, by kind. */
function countResources() {
  const counts = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

process.on('SIGUSR2', () => {
  // A second time for what the first one has made unreachable.
  for (let i = 0; i < 2; i += 1) globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  const figures = { rss, heapUsed, files: readdirSync('/proc/self/fd').length, resources: countResources() };
  writeFileSync(`${file}.new`, JSON.stringify(figures));
  renameSync(`${file}.new`, file);
});
