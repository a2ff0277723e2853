import type { Clock } from '../lib/clock.ts';
import { requestId } from '../lib/random.ts';
import type { State } from './state.ts';
import type { LogEntry } from './token-documents.ts';

const kept = 10_000;
const trimEvery = 500;
const writeWithinMs = 100;

/** The tenant's log, in Auth0's event codes (`s`, `fp`, `seccft` …). Holds about the newest 10,000. */
export interface Log {
  /** Written to the state within a tenth of a second, together with its neighbours. */
  record(entry: Omit<LogEntry, 'log_id' | 'date'>): void;
  /** Oldest first. */
  list(): LogEntry[];
  /** Writes what has not been written yet, and nothing from then on. */
  close(): void;
}

export function createLog(
  state: Pick<State, 'logs' | 'transaction'>,
  clock: Clock,
  hostname: string,
  warn: (message: string) => void,
): Log {
  let pending: LogEntry[] = [];
  let sinceTrim = 0;
  let closed = false;

  function flush(): void {
    if (pending.length === 0) return;
    const entries = pending;
    pending = [];
    state.transaction(() => {
      for (const entry of entries) state.logs.put(entry);
    });
    sinceTrim += entries.length;
    if (sinceTrim < trimEvery) return;
    sinceTrim = 0;
    state.logs.trim(kept);
  }

  /** A log that cannot be written must not end the process. */
  function flushLater(): void {
    try {
      flush();
    } catch (error) {
      warn(`the tenant's log could not be written: ${error instanceof Error ? error.message : ''}`);
    }
  }

  return {
    record(entry) {
      if (closed) return;
      const date = new Date(clock.now()).toISOString();
      // Sorts by time, as Auth0's ids do.
      const log_id = `900${date.replace(/\D/g, '')}${requestId()}`;
      if (pending.length === 0) setTimeout(flushLater, writeWithinMs).unref();
      pending.push({ ...entry, log_id, date, hostname });
    },
    list() {
      flush();
      return state.logs.list();
    },
    close() {
      flush();
      closed = true;
    },
  };
}
