import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../support/folder.ts';
import { createShell } from './shell.ts';

/** The files that a release reads or changes. */
export const RELEASE_FILES = [
  '.gitignore',
  'package.json',
  'package-lock.json',
  'CHANGELOG.md',
  'compose.yaml',
  'compose.demo.yaml',
  'scripts/release.js',
  'deploy/kubernetes/kustomization.yaml',
  'docs/how-to/kubernetes.md',
  'docs/openapi.json',
  'packages/tenant/package.json',
  'packages/tenant/CHANGELOG.md',
  'packages/client/package.json',
  'packages/client/CHANGELOG.md',
];
/** A repository with the files of a release. `home` has the settings of npm, and programs. */
export async function makeRepository(home = makeFolder()) {
  const folder = makeFolder();
  for (const file of RELEASE_FILES) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(file, path.join(folder, file));
  }
  const run = createShell(folder, home);
  await run('git', 'init', '--quiet', '--initial-branch', 'main');
  await run('git', 'add', '--all');
  await run('git', 'commit', '--quiet', '--message', 'all');
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  return {
    folder,
    run,
    read,
    release: (...args: string[]) => run('node', 'scripts/release.js', ...args),
  };
}
