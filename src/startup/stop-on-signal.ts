import type { LogOutput } from '../observe/logger.ts';
import { EXIT_CODES } from './exit-codes.ts';

export type Close = () => Promise<void>;

/**
 * Stops the process on SIGTERM and SIGINT, and on SIGHUP where `isReloading` is false, the last started part first: exit 0 in time, 1 at the deadline. The last log
 * line reports the result.
 */
export function stopOnSignal(
  started: readonly Close[],
  { timeoutMs, isReloading }: { readonly timeoutMs: number; readonly isReloading: boolean },
  output: LogOutput,
): void {
  const { log } = output;
  let isStopping = false;
  const exit = (code: number) => {
    output.flush();
    process.exit(code);
  };
  const closeAll = async () => {
    try {
      for (const close of started.toReversed()) await close();
    } catch (err) {
      log.error({ err }, 'stopped with an error');
      exit(EXIT_CODES.failure);
    }
    log.info('stopped');
    exit(0);
  };
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopped by force: requests were still running after SHUTDOWN_TIMEOUT_MS');
      exit(EXIT_CODES.failure);
    }, timeoutMs).unref();
    void closeAll();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // If SIGHUP reloads the routes, one during the start is ignored.
  process.on('SIGHUP', isReloading ? () => undefined : stop);
}
