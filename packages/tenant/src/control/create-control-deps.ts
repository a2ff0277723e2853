import { findClient, toCredentials } from '../clients/credentials.ts';
import type { TenantContext } from '../context.ts';
import type { TravelClock } from '../lib/clock.ts';
import type { BuiltInSeed } from '../seed/built-in.ts';
import { createStoreKeeper } from '../transfer/store-keeper.ts';
import { createBackchannelControl } from './backchannel-control.ts';
import type { ControlDeps } from './control-rows.ts';
import { createFactorControl } from './factor-control.ts';
import { createKillSwitches } from './kill-switches.ts';

export interface ControlOptions extends Pick<ControlDeps, 'faults' | 'requests'> {
  readonly clock: TravelClock;
  /** Where the data are, and what a reset begins with. */
  readonly dataFile: string;
  readonly builtInSeed: BuiltInSeed | undefined;
  readonly seedFile: string | undefined;
}

/** By what the control API and the console steer a tenant. */
export function createControlDeps(context: TenantContext, options: ControlOptions): ControlDeps {
  const { clock, dataFile, builtInSeed, seedFile, faults, requests } = options;
  const { state, keys, inbox, passwords, issuer } = context;
  const keeper = createStoreKeeper({
    state,
    clock,
    hashPassword: passwords.hash,
    managementIdentifier: `${issuer}api/v2/`,
    builtInSeed,
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
