import type { TravelClock } from '../../../src/lib/clock.ts';
import { createBackchannelControl } from './authorize/backchannel-control.ts';
import { findClient, toCredentials } from './clients/credentials.ts';
import type { TenantContext } from './context.ts';
import type { ControlDeps } from './control/control-rows.ts';
import { createKillSwitches } from './control/kill-switches.ts';
import { createFactorControl } from './mfa/factor-control.ts';
import { createStoreKeeper } from './transfer/store-keeper.ts';

export interface ControlOptions extends Pick<ControlDeps, 'faults' | 'requests'> {
  readonly clock: TravelClock;
  /** Where the data are, and TENANT_SEED. */
  readonly dataFile: string;
  readonly seedFile: string | undefined;
}

/** By what the control API and the console steer a tenant. */
export function createControlDeps(context: TenantContext, options: ControlOptions): ControlDeps {
  const { clock, dataFile, seedFile, faults, requests } = options;
  const { state, keys, inbox, passwords, issuer } = context;
  const keeper = createStoreKeeper({
    state,
    clock,
    hashPassword: passwords.hash,
    managementIdentifier: `${issuer}api/v2/`,
    seedFile,
    reloadKeys: () => keys.reload(),
  });
  return {
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
    about: { issuer, data: dataFile },
  };
}
