import { spawnSync } from 'node:child_process';
import os from 'node:os';

/** Describes the machine of the absolute numbers. */
export function describeMachine(generator) {
  const cpus = os.cpus();
  const wrk =
    generator === 'wrk'
      ? /wrk (?:debian\/)?(\S+)/.exec(spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout)
      : null;
  return [
    ['Processor', `${cpus[0]?.model.trim() ?? 'unknown'}, ${cpus.length} cores`],
    ['Memory', `${Math.round(os.totalmem() / 2 ** 30)} GB`],
    ['System', `${os.type()} ${os.release().split('-', 1)[0]}, ${os.arch()}`],
    ['Node', process.version],
    ['Load', `${generator}${wrk ? ` ${wrk[1]}` : ''}`],
  ];
}
