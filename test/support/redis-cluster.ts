import { findFreePort, type RedisUnderTest, startRedis, untilSays } from './redis.ts';

/** Three primaries, each with a replica. */
export interface ClusterUnderTest {
  /** The `STORE_URL`. */
  readonly url: string;
  readonly nodes: readonly RedisUnderTest[];
  readonly primaries: readonly RedisUnderTest[];
  /** Moves a slot with its keys from the primary that has it to another one, key by key. */
  moveSlot(slot: number, from: RedisUnderTest, to: RedisUnderTest): Promise<void>;
  close(): Promise<void>;
}

const SLOTS = 16_384;
const PRIMARIES = 3;
const NODE_TIMEOUT_MS = 1000;

const idOf = async (node: RedisUnderTest): Promise<string> => String(await node.command('CLUSTER', 'MYID'));

/** Starts it; resolves when all nodes say that the cluster is complete. */
export async function startCluster(): Promise<ClusterUnderTest> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
  // The usual port of the bus, 10,000 above, is not always a port.
  const busPorts = await Promise.all(Array.from({ length: 2 * PRIMARIES }, findFreePort));
  const nodes = await Promise.all(
    busPorts.map((busPort) => startRedis([...settings, '--cluster-port', String(busPort)])),
  );
  const primaries = nodes.slice(0, PRIMARIES);
  const borders = [0, 1, 2, 3].map((i) => Math.floor((i * SLOTS) / PRIMARIES));
  for (const [i, node] of primaries.entries())
    await node.command('CLUSTER', 'ADDSLOTSRANGE', borders[i] ?? 0, (borders[i + 1] ?? 0) - 1);
  for (const [i, node] of nodes.entries())
    await nodes[0]?.command('CLUSTER', 'MEET', '127.0.0.1', node.port, busPorts[i] ?? 0);
  const untilAllSay = (wanted: string) =>
    Promise.all(nodes.map((node) => untilSays(node, ['CLUSTER', 'INFO'], wanted)));
  await untilAllSay(`cluster_known_nodes:${nodes.length}`);
  for (const [i, primary] of primaries.entries())
    await nodes[PRIMARIES + i]?.command('CLUSTER', 'REPLICATE', await idOf(primary));
  await untilAllSay('cluster_state:ok');
  for (const replica of nodes.slice(PRIMARIES))
    await untilSays(replica, ['INFO', 'replication'], 'master_link_status:up');
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    primaries,
    async moveSlot(slot, from, to) {
      await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
      await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
      for (;;) {
        const [key] = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
        if (key === undefined) break;
        await from.command('MIGRATE', '127.0.0.1', to.port, key, 0, 5000);
      }
      for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', await idOf(to));
    },
    close: async () => void (await Promise.all(nodes.map((node) => node.close()))),
  };
}
