import { toFaultLines } from '../config/faults.ts';
import type { Gateway } from '../gateway.ts';
import type { Logger } from '../observe/logger.ts';
import type { ReadRoutes } from '../resources/routes-file/read-routes.ts';

export interface ReloadDeps {
  readonly readRoutesAgain: () => Promise<ReadRoutes>;
  readonly gateway: Pick<Gateway, 'replaceRoutes'>;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Reads the routes again and applies them. Faults are logged and change nothing. */
async function reload({ readRoutesAgain, gateway, log }: ReloadDeps): Promise<void> {
  try {
    const read = await readRoutesAgain();
    if (read.ok) {
      gateway.replaceRoutes(read.routes.proxied);
      log.info({ routes: read.routes.proxied.length }, 'routes reloaded');
    } else
      log.error(
        { faults: toFaultLines(read.faults) },
        'ROUTES_FILE has faults: the routes stay as they were',
      );
  } catch (err) {
    log.error({ err }, 'the routes could not be reloaded: they stay as they were');
  }
}

/** Reloads ROUTES_FILE on each SIGHUP, in sequence: the version at the last signal is in use at the end. */
export function reloadOnSignal(deps: ReloadDeps): void {
  let reloading = Promise.resolve();
  process.on('SIGHUP', () => {
    reloading = reloading.then(() => reload(deps));
  });
}
