import { digest } from '../lib/random.ts';
import { type ActionLog, createActionLog } from './action-log.ts';
import { type ActionRuntime, createActionRuntime, type RuntimeOptions } from './create-action-runtime.ts';

/** Auth0's limit for all Actions of a trigger together. */
const DEFAULT_LIMIT_MS = 20_000;

/** What the rules of the tenant need to run Actions. */
export interface ActionHost extends ActionRuntime {
  readonly log: ActionLog;
  /** Time limit for all Actions of a trigger together. */
  readonly timeLimitMs: number;
  /** Whether code may run. With remote access, only code from the seed's folder may run. */
  mayRun(code: string): boolean;
  /** Allows code from the seed's folder. */
  trust(code: string): void;
}

export interface HostOptions extends RuntimeOptions {
  readonly allowRemote: boolean;
  readonly timeLimitMs?: number | undefined;
}

export function createActionHost({
  allowRemote,
  timeLimitMs = DEFAULT_LIMIT_MS,
  ...options
}: HostOptions): ActionHost {
  const trusted = new Set<string>();
  return {
    ...createActionRuntime(options),
    log: createActionLog(),
    timeLimitMs,
    mayRun: (code) => !allowRemote || trusted.has(digest(code)),
    trust: (code) => void trusted.add(digest(code)),
  };
}
