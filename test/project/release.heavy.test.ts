import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { closeRegistries, type NpmRegistry, startNpmRegistry } from './support/npm-registry.ts';
import { makeRepository } from './support/release-repository.ts';
import { createShell } from './support/shell.ts';

const VERSION = '9.8.7';
const IMAGES = ['registry.example/gatehouse:9.8.7', 'registry.example/emulator-for-auth0:9.8.7'];

/** A tagged repository with built packages, a remote, and a docker client that only records what it is called with. */
async function makeRelease(registry: NpmRegistry) {
  const { home } = registry;
  mkdirSync(path.join(home, 'bin'));
  const calls = path.join(home, 'docker.log');
  writeFileSync(path.join(home, 'bin/docker'), `#!/bin/sh\necho "$@" >>'${calls}'\n`, { mode: 0o755 });
  const made = await makeRepository(home);
  const remote = makeFolder();
  await made.run('git', 'init', '--quiet', '--bare', remote);
  await made.run('git', 'remote', 'add', 'origin', remote);
  await made.release('prepare', VERSION);
  mkdirSync(path.join(made.folder, 'out/release'), { recursive: true });
  for (const name of ['tenant', 'client'])
    await made.run(
      'npm',
      'pack',
      `./packages/${name}`,
      '--ignore-scripts',
      '--pack-destination',
      'out/release',
    );
  return {
    ...made,
    remote,
    dockerCalls: () => readFileSync(calls, 'utf8').trim().split('\n'),
    revisionOf: async (folder: string, ref: string) =>
      (await made.run('git', '-C', folder, 'rev-parse', `${ref}^{commit}`)).stdout.trim(),
  };
}

afterEach(closeRegistries);

describe('the push of a release', { timeout: 60_000 }, () => {
  it('sends the commit, the tag, both packages and both images, and can be repeated', async () => {
    const registry = await startNpmRegistry();
    const { run, release, remote, dockerCalls, folder, revisionOf } = await makeRelease(registry);
    const first = await release('push', 'registry.example');
    expect([first.status, first.stderr]).toEqual([0, expect.not.stringContaining('ERR')]);
    const head = await revisionOf(folder, 'HEAD');
    expect(await revisionOf(remote, 'main')).toBe(head);
    expect(await revisionOf(remote, 'v9.8.7')).toBe(head);
    expect(registry.published).toEqual(['emulator-for-auth0@9.8.7', 'gatehouse-client@9.8.7']);
    expect(dockerCalls()).toEqual([
      'version',
      ...IMAGES.map((image) => `tag ${path.basename(image)} ${image}`),
      ...IMAGES.map((image) => `push ${image}`),
    ]);
    // From the tag alone, as after `git switch --detach`.
    await run('git', 'switch', '--quiet', '--detach', 'v9.8.7');
    const again = await release('push', '--no-images');
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('is published already')]);
    expect(registry.published).toHaveLength(2);
  });

  it('publishes nothing if the remote refuses the commit, or if a package is not built', async () => {
    const registry = await startNpmRegistry();
    const { run, release, remote, folder } = await makeRelease(registry);
    const other = makeFolder();
    await run('git', 'clone', '--quiet', folder, other);
    await run('git', '-C', other, 'commit', '--quiet', '--allow-empty', '--message', 'elsewhere');
    await run('git', '-C', other, 'push', '--quiet', remote, 'HEAD:main');
    expect(await release('push', '--no-images')).toMatchObject({ status: 1 });
    expect((await run('git', '-C', remote, 'tag')).stdout).toBe('');
    await run('rm', '-r', 'out/release/gatehouse-client-9.8.7.tgz');
    expect(await release('push', '--no-images')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('gatehouse-client-9.8.7.tgz is missing: run build first'),
    });
    expect(registry.published).toEqual([]);
  });
});

/** The files of a package. */
const filesOf = (file: string): string[] =>
  execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n');

it('a release of a clone is prepared, built and sent: the packages have their compiled files', async () => {
  const registry = await startNpmRegistry();
  const parent = makeFolder();
  const clone = path.join(parent, 'clone');
  // Beside the clone, where its packages find what they are built with, and git does not.
  symlinkSync(path.resolve('node_modules'), path.join(parent, 'node_modules'));
  const outside = createShell(parent, registry.home);
  await outside('git', 'clone', '--quiet', path.resolve('.'), clone);
  await outside('git', 'init', '--quiet', '--bare', 'remote');
  const run = createShell(clone, registry.home);
  await run('git', 'switch', '--quiet', '--create', 'release');
  await run('git', 'remote', 'set-url', 'origin', path.join(parent, 'remote'));
  for (const args of [
    ['prepare', '99.0.0'],
    ['build', '--no-images'],
    ['push', '--no-images'],
  ]) {
    const { status, stdout, stderr } = await run('node', 'scripts/release.js', ...args);
    expect([args, status, status === 0 ? '' : stdout + stderr]).toEqual([args, 0, '']);
  }
  const built = (name: string): string => path.join(clone, 'out/release', name);
  expect(filesOf(built('emulator-for-auth0-99.0.0.tgz'))).toContain('package/dist/cli.js');
  expect(filesOf(built('gatehouse-client-99.0.0.tgz'))).toContain('package/dist/gatehouse-client.min.js');
  const bom = JSON.parse(readFileSync(built('sbom.cdx.json'), 'utf8'));
  expect(bom.metadata.component.version).toBe('99.0.0');
  expect(bom.components.length).toBeGreaterThan(50);
  expect(registry.published).toEqual(['emulator-for-auth0@99.0.0', 'gatehouse-client@99.0.0']);
  expect((await outside('git', '-C', 'remote', 'tag')).stdout.trim().split('\n')).toContain('v99.0.0');
}, 300_000);
