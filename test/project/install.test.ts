import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isInstalled, isNewEnough } from '../../scripts/install.js';
import { makeFolder } from '../support/folder.ts';

const lock = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b' },
  'node_modules/other-platform': { version: '3.0.0', integrity: 'sha512-c', optional: true },
};
const { '': _root, 'node_modules/other-platform': _absent, ...present } = lock;

let folder: string;

beforeEach(() => {
  folder = makeFolder();
  writeFileSync(path.join(folder, 'package.json'), '{}');
  mkdirSync(path.join(folder, 'node_modules/a/node_modules/b'), { recursive: true });
  write('package-lock.json', lock);
  write('node_modules/.package-lock.json', present);
});

function write(file: string, packages: object) {
  writeFileSync(path.join(folder, file), JSON.stringify({ packages }));
}

describe('an installed folder', () => {
  it('has every package of the lock file but those of other platforms', () => {
    expect(isInstalled(folder)).toBe(true);
  });

  it.each([
    ['nothing was installed', () => rmSync(path.join(folder, 'node_modules'), { recursive: true })],
    ['an install was cut off', () => rmSync(path.join(folder, 'node_modules/.package-lock.json'))],
    ['a package was deleted', () => rmSync(path.join(folder, 'node_modules/a'), { recursive: true })],
    [
      'the list of what is there is broken',
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
  ])('is none when %s', (_what, change) => {
    change();
    expect(isInstalled(folder)).toBe(false);
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
