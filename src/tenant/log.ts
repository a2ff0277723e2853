import type { Clock } from '../lib/clock.ts';
import { randomHex } from './random.ts';
import type { State } from './state/state.ts';
import type { LogEntry } from './state/token-documents.ts';

const kept = 10_000;
const trimEvery = 500;

/** The tenant's log, in Auth0's event codes (`s`, `fp`, `seccft` …). Holds about the newest 10,000. */
export interface Log {
  record(entry: Omit<LogEntry, 'log_id' | 'date'>): void;
  /** Oldest first. */
  list(): LogEntry[];
}

export function createLog(state: Pick<State, 'logs'>, clock: Clock, hostname: string): Log {
  let sinceTrim = 0;
  return {
    record(entry) {
      const now = new Date(clock.now());
      // Sorts by time, as Auth0's ids do.
      const log_id = `900${now.toISOString().replace(/\D/g, '')}${randomHex(8)}`;
      state.logs.put({ ...entry, log_id, date: now.toISOString(), hostname });
      sinceTrim += 1;
      if (sinceTrim < trimEvery) return;
      sinceTrim = 0;
      state.logs.trim(kept);
    },
    list: () => state.logs.list(),
  };
}
