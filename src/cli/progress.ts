import { SingleBar } from 'cli-progress';
import { say } from './output.ts';

/** Progress of long work, on stderr. */
export interface Progress {
  /** Reports what comes next; `done` of `total` are behind. */
  readonly update: (done: number, total: number, text: string) => void;
  readonly stop: () => void;
}

/** A progress bar on a terminal, plain lines elsewhere. */
export function createProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  if (!output.isTTY)
    return { update: (done, total, text) => say(`${done + 1}/${total} ${text}`), stop: () => undefined };
  const bar = new SingleBar({
    stream: output,
    format: '{bar} {value}/{total} {text}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C belongs to the command.
    gracefulExit: false,
  });
  let isStarted = false;
  return {
    update(done, total, text) {
      if (!isStarted) bar.start(total, done, { text });
      else {
        bar.setTotal(total);
        bar.update(done, { text });
      }
      isStarted = true;
    },
    stop: () => bar.stop(),
  };
}

/** A signal that the first Ctrl-C fires; a second one ends the process at once. */
export function interruptible(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const release = (): void => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  const interrupt = (): void => {
    release();
    say('Interrupted: finishing the step under way.');
    controller.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return { signal: controller.signal, release };
}
