import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTenant } from '#tenant';
import packageJson from '../../package.json' with { type: 'json' };
import { VARIABLES } from '../../src/config/variables.ts';
import { parseSourceFacts } from './source-facts.ts';
import { envOfImage, readInstructions, textsOf as textsOfAny } from './support/dockerfile.ts';

const instructions = readInstructions('Dockerfile');
const textsOf = (wanted: string) => textsOfAny(instructions, wanted);
const env = envOfImage('Dockerfile');

/** All files that a file imports, including itself, as paths relative to the checkout. */
function toImported(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  if (!file.endsWith('.ts')) return found;
  for (const specifier of parseSourceFacts(file, readFileSync(file, 'utf8')).imports)
    if (specifier.startsWith('.')) toImported(path.posix.join(path.posix.dirname(file), specifier), found);
  return found;
}

describe('the image', () => {
  it('makes the gateway and its metrics reachable from outside, at the exposed ports', () => {
    expect(env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', ADMIN_HOST: '0.0.0.0' });
    expect(textsOf('EXPOSE').join(' ').split(' ')).toEqual([
      VARIABLES.PORT.default,
      VARIABLES.ADMIN_PORT.default,
    ]);
  });

  it('sets only existing variables of the gateway', () => {
    expect(Object.keys(env).filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it('has the command line on its path, in any working directory', () => {
    const [, script = ''] =
      /printf '([^']*)' > \/usr\/local\/bin\/gatehouse/.exec(textsOf('RUN').join()) ?? [];
    const here = script.replaceAll(String.raw`\n`, '\n').replace('/app/', `${process.cwd()}/`);
    const toEnd = (...args: string[]) =>
      spawnSync('sh', ['-c', here, 'gatehouse', ...args], {
        cwd: tmpdir(),
        encoding: 'utf8',
        env: { PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`, PORT: 'x y' },
      });
    expect(toEnd('--version')).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
    expect(toEnd('config', 'check')).toMatchObject({
      status: 78,
      stdout: expect.stringMatching(/^PORT +seen: "x y"/),
    });
  });

  it('contains every file that the gateway and its commands import', () => {
    const copied = textsOf('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    const isBelow = (file: string, pattern: string) =>
      path.matchesGlob(file, pattern) || path.matchesGlob(file, `${pattern}/**`);
    const patterns = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    // The last pattern that matches decides.
    const isInContext = (file: string) =>
      patterns.findLast((pattern) => isBelow(file, pattern.replace(/^!/, '')))?.startsWith('!') === true;
    const imported = new Set([...toImported('src/main.ts'), ...toImported('src/cli/index.ts')]);
    expect(imported.size).toBeGreaterThan(200);
    const missing = [...imported].filter(
      (file) => !isInContext(file) || !copied.some((source) => isBelow(file, source)),
    );
    expect(missing).toEqual([]);
    // Builders differ for folders that are only partly in the build context, so copied folders must be completely in
    // it.
    expect(copied.filter((source) => !isInContext(source))).toEqual([]);
  });
});

describe('the image of the tenant', () => {
  const own = readInstructions('packages/tenant/Dockerfile');
  const tenantEnv = envOfImage('packages/tenant/Dockerfile');
  const of = (wanted: string) => textsOfAny(own, wanted);

  it('runs as an unprivileged user, with a health check that needs no shell', () => {
    expect(of('USER')).toEqual(['1000:1000']);
    expect(of('HEALTHCHECK').join()).toMatch(/ CMD \["node", /);
    expect(of('CMD')).toEqual(['["node", "packages/tenant/src/cli.ts"]']);
    expect(of('EXPOSE')).toEqual([tenantEnv['TENANT_PORT']]);
    expect(of('VOLUME')).toEqual([path.posix.dirname(tenantEnv['TENANT_DATA'] ?? '')]);
  });

  it('contains every file that the tenant imports, and none of the gateway', () => {
    const copied = of('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    const imported = [...toImported('packages/tenant/src/cli.ts')];
    expect(imported.length).toBeGreaterThan(100);
    expect(
      imported.filter((file) => !copied.some((source) => file === source || file.startsWith(`${source}/`))),
    ).toEqual([]);
    expect(copied.filter((source) => !source.startsWith('packages/tenant/'))).toEqual([]);
  });

  it('answers its health check while it runs', async () => {
    const [, script = ''] = /"-e", "(.*)"\]$/.exec(of('HEALTHCHECK').join()) ?? [];
    const check = (port: number) =>
      new Promise<number | null>((resolve) => {
        spawn(process.execPath, ['-e', script.replace('4400', String(port))]).once('exit', resolve);
      });
    const tenant = await startTenant({ host: '127.0.0.1', port: 0, dataFile: ':memory:' });
    const port = Number(new URL(tenant.origin).port);
    expect(await check(port)).toBe(0);
    await tenant.close();
    expect(await check(port)).toBe(1);
  });
});
