import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

// Programs that some tests need: one program of each row is required; with the Debian package of the first. `heavy`: only
// tests of `npm run test:heavy` need it.
const needed = [
  { programs: ['redis-server'], debian: 'redis-server', tests: 'redis' },
  {
    programs: ['chromium-headless-shell', 'chromium'],
    debian: 'chromium-headless-shell',
    tests: 'chromium',
  },
  { programs: ['haproxy'], debian: 'haproxy', tests: 'haproxy', heavy: true },
  { programs: ['nginx'], debian: 'nginx-light', tests: 'nginx', heavy: true },
  { programs: ['caddy'], debian: 'caddy', tests: 'caddy', heavy: true },
  { programs: ['promtool'], debian: 'prometheus', tests: 'promtool' },
];

/**
 * Installs what is missing where apt-get may be used (as root on Debian); for `isHeavy`, what the heavy tests need too.
 * Returns the names of the programs that are still missing, such as `redis`.
 */
export function ensureSystemPackages(isHeavy) {
  const isMissing = ({ programs, heavy = false }) => (isHeavy || !heavy) && !programs.some(isOnPath);
  const missing = needed.filter(isMissing);
  if (missing.length > 0 && isOnPath('apt-get') && process.getuid?.() === 0) {
    process.stdout.write(`Installing ${missing.map(({ debian }) => debian).join(', ')} ...\n`);
    apt('update');
    for (const { debian } of missing) apt('install', '--yes', '--no-install-recommends', debian);
  }
  return missing.filter(isMissing).map(({ tests }) => tests);
}

function apt(...args) {
  // RUNLEVEL=1 prevents the start of the package's service: the tests start their own on a free port. Another program may hold the lock.
  spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    timeout: 600_000,
  });
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
