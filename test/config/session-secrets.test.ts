import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readSessionSecret } from '../../src/config/session-secrets.ts';
import { makeFolder } from '../support/folder.ts';

it('the secret is created once, with at least 32 bytes, in a file that only its owner can read', async () => {
  const file = path.join(makeFolder(), 'data', 'session-secret');
  const secret = await readSessionSecret(file);
  expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readSessionSecret(file)).toBe(secret);
});

it('two checkouts on one machine have different secrets', async () => {
  const files = [makeFolder(), makeFolder()].map((folder) => path.join(folder, 'session-secret'));
  const [one, other] = await Promise.all(files.map(readSessionSecret));
  expect(one).not.toBe(other);
});

it('parallel callers and processes get the same secret, and leave no other file behind', async () => {
  const file = path.join(makeFolder(), 'data', 'session-secret');
  const module = path.resolve('src/config/session-secrets.ts');
  const script = `import { readSessionSecret } from ${JSON.stringify(module)};
    process.stdout.write(await readSessionSecret(${JSON.stringify(file)}));`;
  const inProcess = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const [children, here] = await Promise.all([
    Promise.all(Array.from({ length: 3 }, inProcess)),
    Promise.all(Array.from({ length: 30 }, () => readSessionSecret(file))),
  ]);
  expect(new Set([...here, ...children.map(({ stdout }) => stdout)])).toEqual(
    new Set([readFileSync(file, 'utf8').trim()]),
  );
  expect(readdirSync(path.dirname(file))).toEqual(['session-secret']);
});

it('a file with too few bytes is refused, not used and not overwritten', async () => {
  const folder = makeFolder({ 'session-secret': 'short\n' });
  const file = path.join(folder, 'session-secret');
  await expect(readSessionSecret(file)).rejects.toThrow(/less than 32 bytes/);
  expect(readFileSync(file, 'utf8')).toBe('short\n');
});
