import type { RedisClient } from './redis-connection.ts';

/** A Lua script as a function: atomic, one round trip. Its keys come first and reach it as `KEYS`, the rest as `ARGV`. */
export type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

const toCommand = (name: string): string => `gatehouse_${name}`;

/** Commands that have many keys, each at most once at a time. They need no pipeline, which would cost more than they do. */
export const COMBINED_COMMANDS: string[] = [toCommand('countAdd')];

/**
 * Defines a script on a connection. The client sends its text if the server does not have it. With `numberOfKeys` `any` the number of keys is
 * the first argument.
 */
export function defineScript(
  redis: RedisClient,
  name: string,
  lua: string,
  numberOfKeys: number | 'any' = 1,
): Script {
  const command = toCommand(name);
  redis.defineCommand(command, { ...(numberOfKeys !== 'any' && { numberOfKeys }), lua });
  // `defineCommand` adds a method that the type does not have.
  const run = (redis as unknown as Record<string, Script>)[command];
  if (run === undefined) throw new Error(`${command} was not defined`);
  return (...args) => run.apply(redis, [...args]);
}
