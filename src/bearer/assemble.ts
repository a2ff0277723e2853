import type { Config } from '../config/config.ts';
import type { MakeGuard } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createBearerGuard, type IsDenied } from './bearer-guard.ts';
import { createKeySet, type KeySet, logKeySetEvents } from './key-set.ts';
import { createRuleCheck } from './rule-check.ts';
import { createVerifier } from './verifier.ts';

export interface BearerOptions {
  readonly auth0: Pick<Config['auth0'], 'signingAlgs' | 'accessTokenTypes'>;
  readonly tenant: { readonly issuer: string; readonly baseUrl: string; readonly clientId: string };
  /** The public origin, without a trailing slash. */
  readonly publicUrl: string;
  readonly isDenied: IsDenied;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'countVerification' | 'watchKeySet'>;
}

export interface Bearer {
  readonly keySet: KeySet;
  readonly makeBearerGuard: MakeGuard;
  /** Compiles a row's rule, for callers of any kind. */
  readonly checkRule: ReturnType<typeof createRuleCheck>;
}

/** Assembles the check of access tokens: key set, verifier and guard. */
export function assembleBearer(options: BearerOptions): Bearer {
  const { auth0, tenant, publicUrl, isDenied, clock, log, metrics } = options;
  const { issuer, baseUrl, clientId } = tenant;
  const { signingAlgs: algs, accessTokenTypes: types } = auth0;
  const keySet = createKeySet({ issuer, baseUrl, algs, clock, onEvent: logKeySetEvents(log) });
  metrics.watchKeySet(() => keySet.stats());
  const verifier = createVerifier({ keys: keySet, clock, issuer, clientId, algs, types });
  const rules = { clock, publicUrl, clientId };
  return {
    keySet,
    makeBearerGuard: createBearerGuard({
      verifier,
      isDenied,
      ...rules,
      onChecked: metrics.countVerification,
    }),
    checkRule: createRuleCheck(rules),
  };
}
