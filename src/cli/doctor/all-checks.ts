import type { Check } from './check.ts';
import { apiChecks } from './checks/api-checks.ts';
import { applicationChecks } from './checks/application-checks.ts';
import { connectionChecks } from './checks/connection-checks.ts';
import { liveCheck } from './checks/live-check.ts';
import { localChecks } from './checks/local-checks.ts';
import { machineChecks } from './checks/machine-checks.ts';
import { policyChecks } from './checks/policy-checks.ts';
import { reachChecks } from './checks/reach-checks.ts';
import { thirdPartyChecks } from './checks/third-party-checks.ts';

/** The checks in order: of two checks with the same cause, the first one reports it. */
export const CHECKS: readonly Check[] = [
  ...reachChecks,
  ...apiChecks,
  ...applicationChecks,
  ...connectionChecks,
  ...policyChecks,
  ...machineChecks,
  ...thirdPartyChecks,
  ...localChecks,
  liveCheck,
];

export const CHECK_IDS: readonly string[] = CHECKS.map(({ id }) => id);
