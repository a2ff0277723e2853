import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

// Programs that some tests drive, with the Debian package that brings each.
const needed = [
  { program: 'redis-server', debian: 'redis-server', tests: 'redis' },
  { program: 'chromium', debian: 'chromium', tests: 'chromium' },
];

/**
 * Installs what is missing where apt-get may be used (as root on Debian).
 * Gives the names of the tests that have to do without: `redis`, `chromium`.
 */
export function ensureSystemPackages() {
  const missing = needed.filter(({ program }) => !isOnPath(program));
  if (missing.length > 0 && isOnPath('apt-get') && process.getuid?.() === 0) {
    process.stdout.write(`Installing ${missing.map(({ debian }) => debian).join(', ')} ...\n`);
    apt('update');
    for (const { debian } of missing) apt('install', '--yes', '--no-install-recommends', debian);
  }
  return missing.filter(({ program }) => !isOnPath(program)).map(({ tests }) => tests);
}

function apt(...args) {
  // RUNLEVEL=1 keeps the package's own service from being started: the tests start theirs on a free port.
  spawnSync('apt-get', ['-qq', ...args], {
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
