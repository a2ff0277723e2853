import type { RequestListener } from 'node:http';
import { createTenantApp } from './app.ts';
import type { TenantContext } from './context.ts';
import type { ControlDeps } from './control/control-rows.ts';
import { createFaults } from './control/faults.ts';
import { createRequestRecorder } from './control/request-recorder.ts';
import type { TravelClock } from './lib/clock.ts';
import type { BuiltInSeed } from './seed/built-in.ts';
import { createHostGuard } from './transport/host-guard.ts';

export interface ListenerOptions {
  readonly clock: TravelClock;
  readonly port: number;
  /** Answer to other names than loopback's. */
  readonly allowRemote: boolean;
  /** The authority behind the tenant's certificate, and where it lies on this machine, if it does. */
  readonly caPem: string;
  readonly caFile: string | undefined;
  /** Where the data are, and what a reset begins with. */
  readonly dataFile: string;
  readonly builtInSeed: BuiltInSeed | undefined;
  readonly seedFile: string | undefined;
  /** The command line by which people work on these data, if there is one. */
  readonly command: string | undefined;
  readonly warn: (message: string) => void;
}

/**
 * What answers on the tenant's port: the application, and what watches and steers it from outside. What most runs
 * can do without is loaded when somebody first asks for it, so that the tenant starts without it.
 */
export function createListener(context: TenantContext, options: ListenerOptions): RequestListener {
  const { clock, port, allowRemote, caPem, caFile, command, warn } = options;
  const requests = createRequestRecorder({ clock });
  const faults = createFaults();
  let loading: Promise<ControlDeps> | undefined;
  const loadDeps = (): Promise<ControlDeps> =>
    (loading ??= import('./create-control-deps.ts').then(({ createControlDeps }) =>
      createControlDeps(context, { ...options, faults, requests }),
    ));
  return createTenantApp(context, {
    before: [createHostGuard({ allowRemote, port: () => port }), requests.middleware],
    faults: faults.middleware,
    loadControl: async () => {
      const { createControl } = await import('./control/control-routes.ts');
      return createControl(await loadDeps());
    },
    loadConsole: async () => {
      const { createConsole } = await import('./console/console-routes.ts');
      return createConsole({ context, control: await loadDeps(), caPem, caFile, command, port, warn });
    },
    loadManagementApi: async () => {
      const { createManagementApi } = await import('./management/management-routes.ts');
      return createManagementApi(context, warn);
    },
    warn,
  });
}
