import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { makeFolder } from '../support/folder.ts';

const FILES = [
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
];

/** A repository with the files of a release. */
function makeRepository() {
  const folder = makeFolder();
  for (const file of FILES) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(file, path.join(folder, file));
  }
  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
    });
  run('git', 'init', '--quiet');
  run('git', 'add', '--all');
  run('git', 'commit', '--quiet', '--message', 'all');
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  return { folder, run, read, release: (...args: string[]) => run('node', 'scripts/release.js', ...args) };
}

describe('a release', () => {
  it('is prepared offline: one version in every file, a heading in the changelogs, a commit and a tag', () => {
    const { run, read, release } = makeRepository();
    expect(release('prepare', '9.8.7')).toMatchObject({ status: 0, stderr: '' });
    for (const file of FILES.filter((each) => !/CHANGELOG|release\.js/.test(each)))
      expect([file, read(file).includes('9.8.7')]).toEqual([file, true]);
    const lock = JSON.parse(read('package-lock.json'));
    expect([
      lock.version,
      ...['', 'packages/tenant', 'packages/client'].map((name) => lock.packages[name].version),
    ]).toEqual(Array(4).fill('9.8.7'));
    expect(read('compose.demo.yaml').match(/image: \S+/g)).toEqual([
      'image: emulator-for-auth0:9.8.7',
      'image: gatehouse:9.8.7',
    ]);
    expect(read('CHANGELOG.md')).toMatch(/^## \[Unreleased\]\n\n## \[9\.8\.7\] - \d{4}-\d\d-\d\d\n/m);
    expect(run('git', 'status', '--porcelain').stdout).toBe('');
    expect(run('git', 'tag', '--points-at', 'HEAD').stdout.trim()).toBe('v9.8.7');
    expect(release('prepare', '9.8.8')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no entry under [Unreleased]'),
    });
  });

  it('is refused with uncommitted changes, and for an older version, an invalid one and an existing tag', () => {
    const { folder, run, release } = makeRepository();
    const stderrOf = (...args: string[]) => release(...args).stderr;
    expect(stderrOf('prepare', 'next')).toContain('is not a version');
    expect(stderrOf('prepare', '0.0.1')).toContain(`not newer than ${packageJson.version}`);
    expect(stderrOf('build')).toContain('is not the tag');
    run('git', 'tag', 'v9.8.7');
    expect(stderrOf('prepare', '9.8.7')).toContain('the tag v9.8.7 exists');
    writeFileSync(path.join(folder, 'new.txt'), '');
    expect(stderrOf('prepare', '9.8.8')).toContain('uncommitted');
    expect(release()).toMatchObject({ status: 2 });
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
  });
});
