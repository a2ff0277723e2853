import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Keep-alive connections of the load. */
export const connections = 64;

const here = import.meta.dirname;

const toHeader = ([name, value]) => `${name}: ${value}`;

const generators = {
  wrk: (url, { seconds, connections: count }, args) => [
    'wrk',
    // On a busy machine a late answer is no broken one.
    [
      '-t1',
      `-c${count}`,
      `-d${seconds}s`,
      '--timeout',
      '30s',
      '-s',
      join(here, 'load', 'wrk.lua'),
      url,
      '--',
      ...args,
    ],
  ],
  autocannon: (url, { seconds, connections: count }, args) => [
    process.execPath,
    [join(here, 'load', 'autocannon.js'), url, count, seconds, ...args],
  ],
};

/** The load generator that this machine has: wrk, else autocannon. */
export function findGenerator() {
  return spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon';
}

/**
 * Loads `url` for some seconds with `count` values of a request's file in turn, beginning at `first`.
 * Throws if any response was not 2xx, since the figure would be wrong.
 */
export async function load({ fleet, generator, loadCore }, url, pace, request) {
  const { file, first, count, method = 'GET', headers, body = '' } = request;
  const args = [file, first, count, method, body, ...Object.entries(headers).map(toHeader)];
  const [command, all] = generators[generator](url, pace, args);
  const printed = await fleet.run(command, all.map(String), { core: loadCore });
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
