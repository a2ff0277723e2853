import { SingleBar } from 'cli-progress';
import { printMessage } from './output.ts';

/** Progress of long work, on stderr. */
export interface Progress {
  /** Reports the next step; `done` of `total` steps are complete. */
  readonly update: (done: number, total: number, text: string) => void;
  readonly stop: () => void;
}

/** A progress bar on a terminal, plain lines elsewhere. */
export function createProgress(output: NodeJS.WriteStream = process.stderr): Progress {
  if (!output.isTTY)
    return {
      update: (done, total, text) => printMessage(`${done + 1}/${total} ${text}`),
      stop: () => undefined,
    };
  const bar = new SingleBar({
    stream: output,
    format: '{bar} {value}/{total} {text}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // The command handles Ctrl-C.
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

/** Runs `work` with a signal that the first Ctrl-C aborts; a second one ends the process immediately. */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const release = (): void => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  const interrupt = (): void => {
    release();
    printMessage('Interrupted: finishing the current step.');
    controller.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}
