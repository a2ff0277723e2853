import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from '../../../../test/support/folder.ts';

export const packageFolder = path.resolve(import.meta.dirname, '../..');

/** The built package in a separate folder. */
export interface BuiltClient {
  readonly folder: string;
  /** Its scripts, by name. */
  readonly scripts: Readonly<Record<string, string>>;
}

const built: { client?: Promise<BuiltClient> } = {};

/** The built package, shared by all tests of a process. */
export const useClient = (): Promise<BuiltClient> =>
  (built.client ??= buildClient(path.join(makeFolder(), 'dist')));

/** Builds the package into a folder. */
export async function buildClient(folder: string): Promise<BuiltClient> {
  await mkdir(path.dirname(folder), { recursive: true });
  const build = [path.join(packageFolder, 'build.js'), '--out', folder];
  await promisify(execFile)(process.execPath, build);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return {
    folder,
    scripts: Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ''])),
  };
}
