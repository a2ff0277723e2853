import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Keep-alive connections of the load. */
export const connections = 64;

const here = import.meta.dirname;

const generators = {
  wrk: (url, seconds, { file, first, count }) => [
    'wrk',
    [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '-s',
      join(here, 'load', 'wrk.lua'),
      url,
      '--',
      file,
      first,
      count,
    ],
  ],
  autocannon: (url, seconds, { file, first, count }) => [
    process.execPath,
    [join(here, 'load', 'autocannon.js'), url, connections, seconds, file, first, count],
  ],
};

/** The load generator that this machine has: wrk, else autocannon. */
export function findGenerator() {
  return spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon';
}

/**
 * Loads `url` for some seconds with `count` tokens of a file in turn, beginning at `first`.
 * Throws if anything but a good answer came back: such a figure means nothing.
 */
export async function load(fleet, generator, core, url, seconds, tokens) {
  const [command, args] = generators[generator](url, seconds, tokens);
  const printed = await fleet.run(command, args.map(String), { core });
  const line = printed.split('\n').findLast((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`${generator} gave no result: ${printed.slice(-500)}`);
  const result = JSON.parse(line);
  if (result.refused > 0 || result.broken > 0 || result.requests === 0) {
    throw new Error(
      `${url}: of ${result.requests} requests ${result.refused} refused, ${result.broken} broken`,
    );
  }
  return result;
}
