import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const pattern = /^gatehouse-run-(\d+)-/;
/**
 * Minimum age of a folder to remove: a run in another container that shares the temp folder cannot be detected by its
 * process id.
 */
const unusedMs = 10 * 60 * 1000;

/**
 * Creates the folder for all files that a test run writes outside of the checkout, and removes the folders of earlier runs
 * that were killed. Returns its path, and a function that removes it.
 */
export function makeRunFolder() {
  for (const name of readdirSync(tmpdir())) {
    const folder = path.join(tmpdir(), name);
    const [, pid] = pattern.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)) && isUnused(folder)) remove(folder);
  }
  const folder = mkdtempSync(path.join(tmpdir(), `gatehouse-run-${process.pid}-`));
  return { folder, remove: () => remove(folder) };
}

// A browser that is still closing can write to its profile meanwhile.
function remove(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isUnused(folder) {
  const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  return Date.now() - mtimeMs > unusedMs;
}
