import type { Redis } from 'ioredis';

/** A Lua script as a function: atomic, one round trip. Its arguments reach it as `ARGV`. */
export type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

/** Defines a script on a connection; a server that forgot it, or never knew it, is sent its text. */
export function defineScript(redis: Redis, name: string, lua: string): Script {
  const command = `gatehouse_${name}`;
  redis.defineCommand(command, { numberOfKeys: 0, lua });
  // The client has a method of that name now, which its type cannot know.
  const run = (redis as unknown as Record<string, Script>)[command];
  if (run === undefined) throw new Error(`${command} was not defined`);
  return (...args) => run.apply(redis, [...args]);
}
