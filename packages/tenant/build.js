#!/usr/bin/env node
// `npm run build`: JavaScript and type declarations in dist/, and the files beside the sources that pages load.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = import.meta.dirname;
const compiler = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))),
  'bin/tsc',
);

rmSync(path.join(here, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [compiler, '--project', path.join(here, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
);
if (status !== 0) process.exit(status ?? 1);
cpSync(path.join(here, 'src'), path.join(here, 'dist'), {
  recursive: true,
  filter: (source) => !source.endsWith('.ts'),
});
