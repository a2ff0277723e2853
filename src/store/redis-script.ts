import type { RedisClient } from './redis-connection.ts';

/** A Lua script as a function: atomic, one round trip. Its keys come first and reach it as `KEYS`, the rest as `ARGV`. */
export type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

/** Defines a script on a connection. The client sends its text if the server does not have it. */
export function defineScript(redis: RedisClient, name: string, lua: string, numberOfKeys = 1): Script {
  const command = `gatehouse_${name}`;
  redis.defineCommand(command, { numberOfKeys, lua });
  // `defineCommand` adds a method that the type does not have.
  const run = (redis as unknown as Record<string, Script>)[command];
  if (run === undefined) throw new Error(`${command} was not defined`);
  return (...args) => run.apply(redis, [...args]);
}
