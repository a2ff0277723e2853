import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const oldestNode = [24, 7];

/** Runs `npm ci` in a folder whose node_modules does not match its package-lock.json. */
export function ensureInstalled(folder) {
  if (isInstalled(folder)) return;
  install(folder);
}

/** Whether every package of the lock file is installed in its version; packages of other platforms may be missing. */
export function isInstalled(folder) {
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  const present = readPackages(path.join(folder, 'node_modules/.package-lock.json'));
  if (wanted === undefined) return !existsSync(path.join(folder, 'package.json'));
  if (present === undefined) return false;
  return Object.entries(wanted).every(([place, { version, integrity, optional }]) => {
    if (place === '') return true;
    const found = present[place];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity && existsSync(path.join(folder, place));
  });
}

/**
 * Returns the Node to run with: the pinned one of the lock file, otherwise this one if it is new enough (a plain `npm ci`
 * installs no pinned one, because it runs no scripts). Installs the pinned one if both are missing, and exits if that
 * fails.
 */
export function ensureNode() {
  const pinned = path.join(root, 'node_modules/.bin/node');
  const find = () => {
    if (runs(pinned)) return pinned;
    return isNewEnough(process.versions.node) ? process.execPath : undefined;
  };
  const found = find();
  if (found !== undefined) return found;
  runAllowedScripts(root);
  return find() ?? fail(`Gatehouse needs Node ${oldestNode.join('.')} or newer, and could not install one.`);
}

/** Whether a Node version can run Gatehouse. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ['--version'], { stdio: 'ignore' }).status === 0;
}

function install(folder) {
  const verb = existsSync(path.join(folder, 'package-lock.json')) ? 'ci' : 'install';
  process.stderr.write(`Installing packages (npm ${verb}) ...\n`);
  // Development packages are required even with NODE_ENV=production, because the pinned Node is one of them.
  runNpm(folder, verb, '--include=dev', '--no-audit', '--no-fund');
  runAllowedScripts(folder);
}

/** Runs the install scripts of the packages that package.json allows; .npmrc disables scripts of npm itself. */
function runAllowedScripts(folder) {
  const { allowScripts = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name] === true);
  if (allowed.length > 0) runNpm(folder, 'rebuild', ...allowed, '--ignore-scripts=false');
}

function runNpm(folder, verb, ...args) {
  const { status } = spawnSync('npm', [verb, ...args, '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail(`npm ${verb} failed.`);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
