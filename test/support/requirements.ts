import { existsSync } from 'node:fs';
import { describe } from 'vitest';

/** Programs that some tests need, with their paths on Debian: the first existing one is used. */
const programs = {
  chromium: ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'],
  redis: ['/usr/bin/redis-server'],
  haproxy: ['/usr/sbin/haproxy'],
  nginx: ['/usr/sbin/nginx'],
  caddy: ['/usr/bin/caddy'],
  promtool: ['/usr/bin/promtool'],
} as const;

/** The programs whose tests are skipped, as `npm test` sets them; never in CI. */
const without = new Set((process.env['TEST_WITHOUT'] ?? '').split(',').filter(Boolean));

/**
 * `describe` for tests that need a program: skipped for a program in `TEST_WITHOUT`, otherwise
 * failing without it.
 */
export const describeWith = (program: keyof typeof programs, name: string, tests: () => void): void => {
  if (without.has(program)) describe.skip(`${name} (left out: no ${program} here)`, tests);
  else describe(name, tests);
};

/** The path of a program. @throws Error if it is missing */
export function pathOf(program: keyof typeof programs): string {
  const found = programs[program].find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(`${programs[program][0]} is missing: npm test installs it where apt-get works as root`);
}
