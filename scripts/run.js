#!/usr/bin/env node
// The runner of the npm scripts: installs missing packages, then runs the program.
import path from 'node:path';
import { endLike, runNode } from './child.js';
import { ensureInstalled, ensureNode, root } from './install.js';
import { ensurePlaceData } from './place-data.js';
import { runChangedTests, runHeavyTests, runTests } from './run-tests.js';

// Node keeps the compiled modules there: a start costs a third less. Written when a program ends by itself.
const compiled = { env: { NODE_COMPILE_CACHE: path.join(root, 'build/compile-cache') } };

const commands = {
  start: (node, args) => runNode(node, ['src/main.ts', ...args], compiled),
  dev: (node, args) => runNode(node, ['--watch', '--watch-preserve-output', 'src/main.ts', ...args]),
  demo: (node, args) => runNode(node, ['scripts/demo.ts', ...args], compiled),
  'example:gift-deliveries': (node, args) => runNode(node, ['scripts/gift-deliveries.ts', ...args]),
  gatehouse: (node, args) => runNode(node, ['src/cli/index.ts', ...args], compiled),
  openapi: (node, args) => runNode(node, ['scripts/openapi.ts', ...args]),
  docs: (node, args) => {
    const folder = path.join(root, 'docs/site');
    ensureInstalled(folder);
    return runNode(node, ['build.js', ...args], { cwd: folder });
  },
  test: runTests,
  'test:changed': runChangedTests,
  'test:heavy': runHeavyTests,
  bench: (node, args) => {
    const folder = path.join(root, 'bench');
    ensureInstalled(folder);
    return runNode(node, ['bench.js', ...args], { cwd: folder });
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(`usage: node scripts/run.js ${Object.keys(commands).join('|')} [arguments]\n`);
  process.exit(2);
}
ensureInstalled(root);
const node = ensureNode();
ensurePlaceData(node);
endLike(await command(node, args));
