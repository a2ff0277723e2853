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
  docs: (node, args) => runIn('docs/site', node, ['build.js', ...args]),
  test: runTests,
  'test:changed': runChangedTests,
  'test:heavy': runHeavyTests,
  bench: (node, args) => runIn('bench', node, ['bench.js', ...args]),
  clients: (node, args) => runIn('packages/tenant/clients', node, ['run.js', ...args]),
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

/** Runs a program of a folder with packages of its own, in that folder. */
function runIn(place, runtime, parameters) {
  const folder = path.join(root, place);
  ensureInstalled(folder);
  return runNode(runtime, parameters, { cwd: folder });
}
