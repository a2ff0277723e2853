import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// How a run ends its workers, and what a worker gets to know of a run that was killed.
for (const event of ['SIGTERM', 'disconnect'] as const) process.once(event, () => process.exit());

/** A program that ends with the run at the latest, however the run ends. */
export function endWithRun<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
