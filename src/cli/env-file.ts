import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** Values that need no quotes, because Docker treats quotes as part of the value. */
const PLAIN = /^[\w.,:/@+=~!*()?&%|<>[\]{}$;^-]+( [\w.,:/@+=~!*()?&%|<>[\]{}$;^-]+)*$/;
const OWNER_ONLY = 0o600;

/** The text of the file; empty if it does not exist. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The variables of an env file; none if it does not exist. */
export const readEnvFile = (file: string): Readonly<Record<string, string>> => parse(readText(file));

/** Writes a file atomically, readable only by its owner. */
export function writePrivately(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, text, { mode: OWNER_ONLY, flag: 'wx' });
    // The mode of a new file is subject to the umask.
    chmodSync(draft, OWNER_ONLY);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Sets variables in an env file, name by name; other lines stay. Only the owner may read the file afterwards. */
export function mergeEnvFile(file: string, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values))
    if (!PLAIN.test(value)) throw new Error(`${name} has a value that requires quotes in an env file`);
  const text = readText(file);
  const known = parse(text);
  let merged = text;
  for (const [name, value] of Object.entries(values)) {
    if (known[name] === value) continue;
    const line = new RegExp(`^[ \\t]*(export[ \\t]+)?${name}[ \\t]*=.*$`, 'gm');
    const isThere = line.test(merged);
    // A function, because `$` is special in a replacement string.
    merged = isThere
      ? merged.replace(line, () => `${name}=${value}`)
      : `${merged}${merged === '' || merged.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
  }
  writePrivately(file, merged);
}
