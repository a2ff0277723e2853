import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './folder.ts';
import { findFreePort, type RedisUnderTest, startRedis, startRedisProgram, untilSays } from './redis.ts';

/** A primary with a replica, and three sentinels that promote it. */
export interface SentinelsUnderTest {
  /** The `STORE_URL`. */
  readonly url: string;
  readonly primary: RedisUnderTest;
  readonly replica: RedisUnderTest;
  readonly sentinels: readonly RedisUnderTest[];
  /** Resolves when the sentinels name the replica as the primary. */
  untilPromoted(): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'gatehouse';
const DOWN_AFTER_MS = 500;

async function startSentinel(primaryPort: number): Promise<RedisUnderTest> {
  const port = await findFreePort();
  const folder = makeFolder();
  const file = path.join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return startRedisProgram(port, [file, '--sentinel']);
}

/** Starts them; resolves when the replica is in step and the sentinels know each other. `settings` are those of both servers. */
export async function startSentinels(settings: readonly string[] = []): Promise<SentinelsUnderTest> {
  const primary = await startRedis(settings);
  const replica = await startRedis([...settings, '--replicaof', `127.0.0.1 ${primary.port}`]);
  await untilSays(replica, ['INFO', 'replication'], 'master_link_status:up');
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(primary.port)));
  for (const sentinel of sentinels) await untilSays(sentinel, ['INFO', 'sentinel'], 'slaves=1,sentinels=3');
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    primary,
    replica,
    sentinels,
    untilPromoted: async () => {
      const address = ['SENTINEL', 'get-master-addr-by-name', NAME] as const;
      for (const sentinel of sentinels) await untilSays(sentinel, address, String(replica.port));
    },
    close: async () => {
      for (const server of [...sentinels, replica, primary]) await server.close();
    },
  };
}
