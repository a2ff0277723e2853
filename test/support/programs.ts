import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// The signals that end a worker, and the event when its run was killed.
for (const event of ['SIGTERM', 'disconnect'] as const) process.once(event, () => process.exit());

/** Starts a program that ends at the latest with the run, even if the run is killed. */
export function endWithRun<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
