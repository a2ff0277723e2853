import type { Redis } from 'ioredis';

/** A Lua script as a function: atomic, one round trip. Its arguments reach it as `ARGV`. */
export type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

/** Defines a script on a connection. The client sends its text if the server does not have it. */
export function defineScript(redis: Redis, name: string, lua: string): Script {
  const command = `gatehouse_${name}`;
  redis.defineCommand(command, { numberOfKeys: 0, lua });
  // `defineCommand` adds a method that the type does not have.
  const run = (redis as unknown as Record<string, Script>)[command];
  if (run === undefined) throw new Error(`${command} was not defined`);
  return (...args) => run.apply(redis, [...args]);
}
