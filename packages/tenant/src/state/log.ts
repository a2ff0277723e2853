import type { Clock } from '../lib/clock.ts';
import { requestId } from '../lib/random.ts';
import type { State } from './state.ts';
import type { LogEntry } from './token-documents.ts';

const KEPT = 10_000;
const TRIM_EVERY = 500;
const WRITE_WITHIN_MS = 100;

/** The tenant's log, with Auth0's event codes (`s`, `fp`, `seccft` …). Keeps about the newest 10,000 entries. */
export interface Log {
  /** Adds an entry. Entries are written to the state in batches, within 100 ms. */
  record(entry: Omit<LogEntry, 'log_id' | 'date'>): void;
  /** Oldest first. */
  list(): LogEntry[];
  /** Writes the pending entries and ignores later ones. */
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
    if (sinceTrim < TRIM_EVERY) return;
    sinceTrim = 0;
    state.logs.trim(KEPT);
  }

  /** A failed write of the log does not stop the process. */
  function flushLater(): void {
    try {
      flush();
    } catch (error) {
      warn(`writing the tenant's log failed: ${error instanceof Error ? error.message : ''}`);
    }
  }

  return {
    record(entry) {
      if (closed) return;
      const date = new Date(clock.now()).toISOString();
      // Log ids sort by time, as on Auth0.
      const log_id = `900${date.replace(/\D/g, '')}${requestId()}`;
      if (pending.length === 0) setTimeout(flushLater, WRITE_WITHIN_MS).unref();
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
