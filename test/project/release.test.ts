import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { makeRepository, RELEASE_FILES } from './support/release-repository.ts';

const VERSION = '9.8.7';

describe('a release', () => {
  it('is prepared offline: one version in every file, a heading in the changelogs, a commit and a tag', async () => {
    const { run, read, release } = await makeRepository();
    expect(await release('prepare', VERSION)).toMatchObject({ status: 0, stderr: '' });
    for (const file of RELEASE_FILES.filter((each) => !/CHANGELOG|release\.js|gitignore/.test(each)))
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
    for (const file of RELEASE_FILES.filter((each) => each.endsWith('CHANGELOG.md')))
      expect(read(file)).toMatch(/^## \[Unreleased\]\n\n## \[9\.8\.7\] - \d{4}-\d\d-\d\d\n/m);
    expect((await run('git', 'status', '--porcelain')).stdout).toBe('');
    expect((await run('git', 'tag', '--points-at', 'HEAD')).stdout.trim()).toBe('v9.8.7');
    expect(await release('prepare', '9.8.8')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no entry under [Unreleased]'),
    });
  });

  it('is refused with uncommitted changes, and for an older version, an invalid one and an existing tag', async () => {
    const { folder, run, release } = await makeRepository();
    const stderrOf = async (...args: string[]) => (await release(...args)).stderr;
    expect(await stderrOf('prepare', 'next')).toContain('is not a version');
    expect(await stderrOf('prepare', '0.0.1')).toContain(`not newer than ${packageJson.version}`);
    expect(await stderrOf('build')).toContain('is not the tag');
    await run('git', 'tag', 'v9.8.7');
    expect(await stderrOf('prepare', '9.8.7')).toContain('the tag v9.8.7 exists');
    writeFileSync(path.join(folder, 'new.txt'), '');
    expect(await stderrOf('prepare', '9.8.8')).toContain('uncommitted');
    expect(await release()).toMatchObject({ status: 2 });
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
  });

  it('is pushed with a registry for the images or with --no-images, not with both', async () => {
    const { release } = await makeRepository();
    expect(await release('push')).toMatchObject({ status: 2 });
    expect(await release('push', 'registry.example', '--no-images')).toMatchObject({ status: 2 });
  });
});
