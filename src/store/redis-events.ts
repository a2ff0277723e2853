import type { Cluster, Redis } from 'ioredis';

/**
 * Called once when the store is lost, with the reason, and once when it is back; and where a server may drop keys because its
 * `maxmemory-policy` is not `noeviction`.
 */
export type StoreEvent =
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'restored' }
  | { readonly type: 'evicting'; readonly policy: string };

/** Combines the connections to a store: lost with the first of them, back with the last. */
export interface OutageReport {
  /**
   * Watches a connection; reasons start with `name` if it is given. A connection that the gateway closes itself causes no
   * event.
   */
  watch(connection: Redis | Cluster, name?: string): void;
  lost(connection: Redis | Cluster, reason: string): void;
  /** Leaves out connections that are no longer needed. */
  forgetAllBut(connections: readonly (Redis | Cluster)[]): void;
}

const POLICY = /^maxmemory_policy:(\S+)/m;

/** Creates the report of one store. */
export function createOutageReport(onEvent: (event: StoreEvent) => void): OutageReport {
  const down = new Set<Redis | Cluster>();
  const evicting = new Set<string>();

  function lost(connection: Redis | Cluster, reason: string): void {
    if (down.size === 0) onEvent({ type: 'lost', reason });
    down.add(connection);
  }

  function back(connection: Redis | Cluster): void {
    if (down.delete(connection) && down.size === 0) onEvent({ type: 'restored' });
  }

  /** A user without the permission causes no event. */
  async function checkPolicy(server: Redis): Promise<void> {
    const policy = POLICY.exec(await server.info('memory').catch(() => ''))?.[1] ?? 'noeviction';
    if (policy === 'noeviction' || evicting.has(policy)) return;
    evicting.add(policy);
    onEvent({ type: 'evicting', policy });
  }

  return {
    lost,
    watch(connection, name) {
      let reason = 'connection closed';
      connection.on('error', (error: Error) => {
        reason = error.message;
      });
      connection.on('reconnecting', () =>
        lost(connection, name === undefined ? reason : `${name}: ${reason}`),
      );
      connection.on('ready', () => {
        reason = 'connection closed';
        back(connection);
        if (!connection.isCluster) void checkPolicy(connection as Redis);
      });
    },
    forgetAllBut(connections) {
      for (const connection of down) if (!connections.includes(connection)) back(connection);
    },
  };
}
