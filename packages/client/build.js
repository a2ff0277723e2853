#!/usr/bin/env node
// `npm run build`: JavaScript and type declarations in dist/, and the main entry as one small file for a script tag.
// `--out DIR` builds elsewhere.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(here, 'dist') } } });
const out = path.resolve(values.out);
const compiler = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))),
  'bin/tsc',
);

rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [compiler, '--project', path.join(here, 'tsconfig.build.json'), '--outDir', out],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);
await build({
  input: path.join(out, 'index.js'),
  output: { file: path.join(out, 'gatehouse-client.min.js'), format: 'esm', minify: true },
  logLevel: 'warn',
});
