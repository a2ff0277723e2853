import { expect, it } from 'vitest';
import { findMissingOptional, toCompleteLock } from '../../scripts/complete-lock.js';

const lock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'a' },
    'node_modules/@tool/linux-x64': { version: '1.0.0', integrity: 'sha512-a', dev: true, optional: true },
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: {
        '@tool/linux-x64': '1.0.0',
        '@tool/linux-arm64-musl': '1.0.0',
        '@tool/win32-ia32-msvc': '1.0.0',
      },
    },
    'node_modules/x': { version: '1.0.0', optionalDependencies: { y: '2.0.0', z: '2.0.0' } },
    'node_modules/x/node_modules/y': { version: '2.0.0', optional: true },
    'packages/w': { optionalDependencies: { '@tool/linux-x64': '1.0.0', w: '3.0.0' } },
  },
};

it('a complete lock file lists every optional package, with the platform in its name', () => {
  const { packages } = toCompleteLock(lock);
  expect(packages).toMatchObject(lock.packages);
  expect(packages['node_modules/@tool/linux-arm64-musl']).toEqual({
    version: '1.0.0',
    cpu: ['arm64'],
    os: ['linux'],
    libc: ['musl'],
    dev: true,
    optional: true,
  });
  expect(packages['node_modules/@tool/win32-ia32-msvc']).toMatchObject({ cpu: ['ia32'], os: ['win32'] });
  expect(packages['node_modules/z']).toEqual({ version: '2.0.0', optional: true });
  expect(findMissingOptional({ packages })).toEqual([]);
});

it('missing packages are named, at every place where node resolves them', () => {
  expect(findMissingOptional(lock).map(({ name }) => name)).toEqual([
    '@tool/linux-arm64-musl',
    '@tool/win32-ia32-msvc',
    'z',
    'w',
  ]);
});
