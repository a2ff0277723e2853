import type { RequestListener } from 'node:http';
import type { TravelClock } from '../lib/clock.ts';
import { createTenantApp } from './app.ts';
import { createBackchannelControl } from './authorize/backchannel-control.ts';
import { findClient, toCredentials } from './clients/credentials.ts';
import type { TenantContext } from './context.ts';
import { createControl } from './control/control-routes.ts';
import type { ControlDeps } from './control/control-rows.ts';
import { createFaults } from './control/faults.ts';
import { createKillSwitches } from './control/kill-switches.ts';
import { createRequestRecorder } from './control/request-recorder.ts';
import { createFactorControl } from './mfa/factor-control.ts';
import { createStoreKeeper } from './transfer/store-keeper.ts';
import { createHostGuard } from './transport/host-guard.ts';
import { hashPassword } from './users/passwords.ts';

export interface ListenerOptions {
  readonly clock: TravelClock;
  readonly port: number;
  /** Answer to other names than loopback's. */
  readonly allowRemote: boolean;
  /** The authority behind the tenant's certificate, and where it lies on this machine, if it does. */
  readonly caPem: string;
  readonly caFile: string | undefined;
  /** Where the data are, and TENANT_SEED. */
  readonly dataFile: string;
  readonly seedFile: string | undefined;
  readonly warn: (message: string) => void;
}

/** What answers on the tenant's port: the application, and what watches and steers it from outside. */
export function createListener(context: TenantContext, options: ListenerOptions): RequestListener {
  const { clock, port, allowRemote, caPem, caFile, dataFile, seedFile, warn } = options;
  const { state, keys, inbox } = context;
  const requests = createRequestRecorder({ clock });
  const faults = createFaults();
  const keeper = createStoreKeeper({
    state,
    clock,
    hashPassword,
    managementIdentifier: `${context.issuer}api/v2/`,
    seedFile,
    reloadKeys: () => keys.reload(),
  });
  const control: ControlDeps = {
    factors: createFactorControl(context),
    clock,
    inbox,
    faults,
    requests,
    keys,
    ...createKillSwitches(context),
    sendLogout: createBackchannelControl(context),
    keeper,
    credentials: (name) => {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    about: { issuer: context.issuer, data: dataFile },
  };
  return createTenantApp(context, {
    before: [createHostGuard({ allowRemote, port: () => port }), requests.middleware],
    faults: faults.middleware,
    control: createControl(control),
    loadConsole: async () => {
      const { createConsole } = await import('./console/console-routes.ts');
      return createConsole({ context, control, caPem, caFile, port, warn });
    },
    warn,
  });
}
