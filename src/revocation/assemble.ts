import type { Clock } from '../lib/clock.ts';
import type { Audit } from '../observe/audit.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';
import type { EndSessions } from './apply-effects.ts';
import { createDenyList, type DenyList } from './deny-list.ts';
import { type ReadEvents, readEventStream } from './event-feed.ts';
import { createLogFeed, type LogFeedDeps, type ReadLog } from './log-feed.ts';
import { runFeed } from './run-feed.ts';

export interface DenyListModuleOptions {
  readonly store: Pick<Store, 'denyEntries' | 'locks'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** The deny list of this replica; changes reach all replicas within a second. */
export function assembleDenyList({ store, clock, log }: DenyListModuleOptions): DenyList {
  return createDenyList({
    entries: store.denyEntries,
    locks: store.locks,
    clock,
    onMany: (entries) =>
      log.warn({ entries }, 'the deny list is nearly full: its oldest entries will be merged'),
    onFailed: (error) => log.error({ err: error }, 'the deny list could not be read'),
  });
}

export interface FeedOptions extends EndSessions {
  /** Undefined: `logs` with a client for the Management API, otherwise `off`. */
  readonly feed: 'off' | 'logs' | 'events' | undefined;
  readonly pollS: number;
  /** Undefined: there is none. */
  readonly tenant:
    | {
        readonly log: ReadLog;
        readonly events: { readonly read: ReadEvents };
        readonly clientId: string | undefined;
      }
    | undefined;
  readonly checkUser: LogFeedDeps['checkUser'];
  readonly pageOfSubjects: LogFeedDeps['pageOfSubjects'];
  readonly denyList: DenyList;
  readonly store: Pick<Store, 'locks' | 'texts'>;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly metrics: Pick<Metrics, 'watchRevocation'>;
  readonly log: Pick<Logger, 'error' | 'info' | 'warn'>;
}

export interface Feed {
  /** Whether the feed is behind; undefined without a feed. */
  readonly isBehind: (() => boolean) | undefined;
  readonly close: () => Promise<void>;
}

const nothing = { lagS: 0, errors: 0, lastSuccessS: 0 };

/** Starts the feed from the tenant's log, unless it is off. */
export function assembleFeed(options: FeedOptions): Feed {
  const { feed: mode, tenant, denyList, store, clock, metrics } = options;
  const watch = (read: () => typeof nothing): void =>
    metrics.watchRevocation(() => ({ ...read(), denyListEntries: denyList.size() }));
  if (!tenant || mode === 'off') {
    watch(() => nothing);
    return { isBehind: undefined, close: async () => undefined };
  }
  const { texts, locks } = store;
  const feed = createLogFeed({
    ...options,
    texts,
    log: tenant.log,
    ownManagementClientId: tenant.clientId,
  });
  const ignored = () => undefined;
  const events = {
    ...options,
    texts,
    readEvents: tenant.events.read,
    // None of the supported events requires it.
    checkUser: ignored,
    checkAll: ignored,
  };
  const running = runFeed({
    ...options,
    feed,
    readEvents: mode === 'events' ? (signal) => readEventStream(events, signal) : undefined,
    locks,
    texts,
    clock,
    isRequired: mode !== undefined,
  });
  watch(running.stats);
  return { isBehind: running.isBehind, close: running.close };
}
