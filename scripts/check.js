#!/usr/bin/env node
// `npm run check`: all static checks of the code, in parallel, as one table.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toAuditVerdict } from './audit.js';
import { findMissingOptional } from './complete-lock.js';
import { ensureInstalled, ensureNode, root } from './install.js';
import { findLicenceFaults } from './licences.js';

const bin = (name, ...args) => [path.join(root, 'node_modules/.bin', name), ...args];
const auditBoundMs = 8000;

// Each row: name, the Node program to run, and how to read its result if not by the exit code.
const checks = [
  { name: 'types', run: bin('tsc', '--noEmit') },
  { name: 'browser types', run: bin('tsc', '--noEmit', '--project', 'packages/client') },
  { name: 'lint', run: bin('oxlint', '--deny-warnings') },
  { name: 'format', run: bin('biome', 'ci', '--colors=off', '.') },
  { name: 'dead code', run: bin('knip', '--no-progress') },
  { name: 'architecture', run: bin('vitest', 'run', '--reporter=dot', 'test/architecture.test.ts') },
  { name: 'lock file', verdict: () => toVerdict(findMissingFromLock()) },
  { name: 'licences', verdict: () => toVerdict(findLicenceFaults(root)) },
  {
    name: 'audit',
    program: 'npm',
    run: ['audit', '--omit=dev', '--json', '--fetch-retries=0', `--fetch-timeout=${auditBoundMs}`],
    boundMs: auditBoundMs,
    verdict: ({ output }) => toAuditVerdict(output),
  },
];

ensureInstalled(root);
const node = ensureNode();
const results = await Promise.all(checks.map(carryOut));
for (const { name, failed, output } of results) {
  if (failed) process.stdout.write(`\n--- ${name}\n${output.trim()}\n`);
}
process.stdout.write('\n');
for (const { name, failed, remark, seconds } of results) {
  process.stdout.write(
    `${name.padEnd(14)}${failed ? 'FAIL' : 'pass'}${seconds.toFixed(1).padStart(7)} s  ${remark ?? ''}`.trimEnd() +
      '\n',
  );
}
process.exit(results.some(({ failed }) => failed) ? 1 : 0);

async function carryOut(check) {
  const started = performance.now();
  const ended = check.run ? await collect(check.program ?? node, check.run, check.boundMs) : undefined;
  const verdict = check.verdict ? check.verdict(ended) : { failed: ended.code !== 0 };
  return {
    name: check.name,
    output: ended?.output ?? '',
    ...verdict,
    seconds: (performance.now() - started) / 1000,
  };
}

function collect(program, args, boundMs) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` },
      ...(boundMs === undefined ? {} : { timeout: boundMs }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function toVerdict(faults) {
  return { failed: faults.length > 0, output: faults.join('\n') };
}

function findMissingFromLock() {
  return findMissingOptional(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))).map(
    ({ name, version }) => `${name}@${version} is not listed: run node scripts/complete-lock.js`,
  );
}
