import { existsSync } from 'node:fs';
import { describe } from 'vitest';

/** Programs that some tests need, and where Debian puts them: the first that is there is used. */
const programs = {
  chromium: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'],
  redis: ['/usr/bin/redis-server'],
  haproxy: ['/usr/sbin/haproxy'],
} as const;

/** Left out by `npm test` where a program cannot be had; never under CI. */
const without = new Set((process.env['TEST_WITHOUT'] ?? '').split(',').filter(Boolean));

/** `describe` for tests that need a program: left out by name where it cannot be had, failing where it just is missing. */
export const describeWith = (program: keyof typeof programs, name: string, tests: () => void): void => {
  if (without.has(program)) describe.skip(`${name} (left out: no ${program} here)`, tests);
  else describe(name, tests);
};

/** The path of a program. @throws Error where it is missing */
export function pathOf(program: keyof typeof programs): string {
  const found = programs[program].find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(`${programs[program][0]} is missing: npm test installs it where apt-get works as root`);
}
