import type { RequestListener } from 'node:http';
import type { TravelClock } from '../lib/clock.ts';
import { createTenantApp } from './app.ts';
import { createBackchannelControl } from './authorize/backchannel-control.ts';
import { revokeUser } from './authorize/end-session.ts';
import type { TenantContext } from './context.ts';
import { createControl } from './control/control-routes.ts';
import type { ControlDeps } from './control/control-rows.ts';
import { createFaults } from './control/faults.ts';
import { createRequestRecorder } from './control/request-recorder.ts';
import { createFactorControl } from './mfa/factor-control.ts';
import { createHostGuard } from './transport/host-guard.ts';

export interface ListenerOptions {
  readonly clock: TravelClock;
  readonly port: number;
  /** Answer to other names than loopback's. */
  readonly allowRemote: boolean;
  /** The authority behind the tenant's certificate, and where it lies on this machine, if it does. */
  readonly caPem: string;
  readonly caFile: string | undefined;
  readonly warn: (message: string) => void;
}

/** What answers on the tenant's port: the application, and what watches and steers it from outside. */
export function createListener(context: TenantContext, options: ListenerOptions): RequestListener {
  const { clock, port, allowRemote, caPem, caFile, warn } = options;
  const { state, keys, inbox } = context;
  const requests = createRequestRecorder({ clock });
  const faults = createFaults();
  const revokeKnown = (id: string): boolean => {
    const known = state.users.get(id) !== undefined;
    if (known) revokeUser(context, id);
    return known;
  };
  const control: ControlDeps = {
    factors: createFactorControl(context),
    clock,
    inbox,
    faults,
    requests,
    keys,
    revokeUser: revokeKnown,
    sendLogout: createBackchannelControl(context),
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
