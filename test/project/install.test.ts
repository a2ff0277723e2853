import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ensureInstalled, isInstalled, isNewEnough } from '../../scripts/install.js';
import { makeFolder } from '../support/folder.ts';

const lock = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'packages/w': { version: '1.0.0' },
  'node_modules/w': { link: true },
  'node_modules/other-platform': { version: '3.0.0', integrity: 'sha512-c', optional: true },
};
const { '': _root, 'node_modules/other-platform': _absent, ...present } = lock;

let folder: string;

beforeEach(() => {
  folder = makeFolder();
  writeFileSync(path.join(folder, 'package.json'), '{}');
  mkdirSync(path.join(folder, 'node_modules/a/node_modules/b'), { recursive: true });
  mkdirSync(path.join(folder, 'packages/w'), { recursive: true });
  symlinkSync('../packages/w', path.join(folder, 'node_modules/w'));
  write('package-lock.json', lock);
  write('node_modules/.package-lock.json', present);
});

function write(file: string, packages: object) {
  writeFileSync(path.join(folder, file), JSON.stringify({ packages }));
}

describe('an installed folder', () => {
  it('has every package of the lock file, except for those of other platforms', () => {
    expect(isInstalled(folder)).toBe(true);
  });

  it.each([
    ['nothing was installed', () => rmSync(path.join(folder, 'node_modules'), { recursive: true })],
    ['an install was cut off', () => rmSync(path.join(folder, 'node_modules/.package-lock.json'))],
    ['a workspace is not linked', () => rmSync(path.join(folder, 'node_modules/w'))],
    ['a package was deleted', () => rmSync(path.join(folder, 'node_modules/a'), { recursive: true })],
    [
      'the list of installed packages is invalid',
      () => writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), '{'),
    ],
    ['the lock file is missing', () => rmSync(path.join(folder, 'package-lock.json'))],
    [
      'a version moved',
      () =>
        write('package-lock.json', {
          ...lock,
          'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' },
        }),
    ],
    [
      'the same version has other bytes',
      () =>
        write('package-lock.json', {
          ...lock,
          'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' },
        }),
    ],
    [
      'a package came in',
      () =>
        write('package-lock.json', {
          ...lock,
          'node_modules/d': { version: '1.0.0', integrity: 'sha512-d' },
        }),
    ],
  ])('is incomplete when %s', (_what, change) => {
    change();
    expect(isInstalled(folder)).toBe(false);
  });
});

describe('the install scripts of packages', () => {
  const script = `node -e "require('node:fs').writeFileSync('ran', '')"`;

  /** A package whose install script writes a file, as a tarball. */
  function pack(name: string): string {
    const source = path.join(folder, `source-${name}`);
    mkdirSync(source);
    writeFileSync(
      path.join(source, 'package.json'),
      JSON.stringify({ name, version: '1.0.0', scripts: { preinstall: script, postinstall: script } }),
    );
    run('pack', source);
    return `file:${name}-1.0.0.tgz`;
  }

  function run(...args: string[]) {
    const { status, stderr } = spawnSync('npm', [...args, '--offline', '--loglevel=error'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }

  it.each(['.npmrc', 'bench/.npmrc'])('are not run by a bare npm, by %s', (npmrc) => {
    const dependencies = { unwanted: pack('unwanted') };
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    rmSync(path.join(folder, 'package-lock.json'));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ dependencies }));
    copyFileSync(npmrc, path.join(folder, '.npmrc'));
    run('install');
    run('ci');
    expect(readdirSync(path.join(folder, 'node_modules/unwanted'))).toEqual(['package.json']);
  });

  it('run only for the packages that package.json allows', () => {
    const dependencies = { wanted: pack('wanted'), denied: pack('denied'), unwanted: pack('unwanted') };
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    rmSync(path.join(folder, 'package-lock.json'));
    const allowScripts = { wanted: true, denied: false };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ dependencies, allowScripts }));
    copyFileSync('.npmrc', path.join(folder, '.npmrc'));
    run('install', '--package-lock-only');
    ensureInstalled(folder);
    const filesOf = (name: string) => readdirSync(path.join(folder, 'node_modules', name)).toSorted();
    expect(filesOf('wanted')).toEqual(['package.json', 'ran']);
    expect(filesOf('denied')).toEqual(['package.json']);
    expect(filesOf('unwanted')).toEqual(['package.json']);
  });

  it('are allowed only for the pinned Node', () => {
    const { allowScripts } = packageJson;
    expect(Object.entries(allowScripts).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))).toEqual([
      'node',
    ]);
  });
});

it.each([
  ['18.20.0', false],
  ['24.6.9', false],
  ['24.7.0', true],
  ['24.21.0', true],
  ['26.0.0', true],
])('Node %s runs Gatehouse: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
