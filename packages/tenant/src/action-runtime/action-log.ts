import { requestId } from '../lib/random.ts';
import type { ConsoleLine, TriggerId } from './messages.ts';

/** How many executions are kept. */
const KEPT = 200;

/** One execution of an Action. */
export interface ActionLogEntry {
  readonly id: string;
  /** ISO 8601, when it ended. */
  readonly at: string;
  readonly trigger: TriggerId;
  readonly action: string;
  readonly user_id?: string | undefined;
  readonly client_id?: string | undefined;
  /** `timeout`: it took longer than its trigger may. */
  readonly outcome: 'passed' | 'denied' | 'paused' | 'failed' | 'timeout';
  /** The reason of a denial, or the message of an error. */
  readonly message?: string | undefined;
  readonly duration_ms: number;
  readonly console: readonly ConsoleLine[];
}

/** The latest executions of Actions, in memory. */
export interface ActionLog {
  record(entry: Omit<ActionLogEntry, 'id'>): void;
  /** Oldest first. */
  list(): readonly ActionLogEntry[];
}

export function createActionLog(): ActionLog {
  const entries: ActionLogEntry[] = [];
  return {
    record(entry) {
      entries.push({ id: requestId(), ...entry });
      if (entries.length > KEPT) entries.shift();
    },
    list: () => [...entries],
  };
}
