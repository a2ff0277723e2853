import { requestId } from '../lib/random.ts';
import type { ConsoleLine, TriggerId } from './messages.ts';

/** Number of executions that the log keeps. */
const KEPT = 200;

/** One execution of an Action. */
export interface ActionLogEntry {
  readonly id: string;
  /** When the execution ended (ISO 8601). */
  readonly at: string;
  readonly trigger: TriggerId;
  readonly action: string;
  readonly user_id?: string | undefined;
  readonly client_id?: string | undefined;
  /** `timeout`: the time limit of the trigger was exceeded. */
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
