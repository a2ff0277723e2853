import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { VARIABLES } from '../../src/config/variables.ts';
import { parseSourceFacts } from './source-facts.ts';

/** The instructions of the last stage, which is the image; lines that go on are joined. */
const instructions = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split(/^FROM /m)
  .at(-1)
  ?.split('\n')
  .map((line) => /^([A-Z]+) (.*)$/.exec(line) ?? [])
  .map(([, name = '', text = '']) => ({ name, text }));

const textsOf = (wanted: string): string[] =>
  instructions?.filter(({ name }) => name === wanted).map(({ text }) => text) ?? [];

const env = Object.fromEntries(
  textsOf('ENV')
    .join(' ')
    .split(/\s+/)
    .map((pair) => pair.split('=', 2)),
);

/** Every file that a file imports, itself among them, by paths from the checkout's folder. */
function toImported(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  if (!file.endsWith('.ts')) return found;
  for (const specifier of parseSourceFacts(file, readFileSync(file, 'utf8')).imports)
    if (specifier.startsWith('.')) toImported(path.posix.join(path.posix.dirname(file), specifier), found);
  return found;
}

describe('the image', () => {
  it('lets the gateway and its metrics be reached from outside, at the ports that it exposes', () => {
    expect(env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', ADMIN_HOST: '0.0.0.0' });
    expect(textsOf('EXPOSE').join(' ').split(' ')).toEqual([
      VARIABLES.PORT.default,
      VARIABLES.ADMIN_PORT.default,
    ]);
  });

  it('sets only variables that the gateway reads', () => {
    expect(Object.keys(env).filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it('has the command line on its path, from whatever folder it is called', () => {
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

  it('holds every file that the gateway and its commands import', () => {
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
    // Builders differ on what a folder holds of which only parts are in the context: what is copied is in it whole.
    expect(copied.filter((source) => !isInContext(source))).toEqual([]);
  });
});
