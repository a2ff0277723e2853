import type { Fault } from './read-variables.ts';

/** The faults as lines for people, one each. */
export function toFaultLines(faults: readonly Fault[]): string[] {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, seen, wanted }) => `${name.padEnd(width)}  seen: ${seen}; wanted: ${wanted}`);
}
