#!/usr/bin/env node
// `npm run clients [package …]`: runs each third-party client with a tenant of its own. Exit code 1: one does not work.
// A run of all clients that finds no failure writes CLIENTS.md.
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLIENTS, versionOf } from './clients.js';

const LIMIT_MS = 300_000;
const AT_ONCE = 2;

const names = process.argv.slice(2);
const unknown = names.filter((name) => CLIENTS.every((client) => client.name !== name));
if (unknown.length > 0) {
  process.stderr.write(`No such client: ${unknown.join(', ')}\n`);
  process.exit(2);
}
const chosen = CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name));
const waiting = [...chosen];
const results = new Map();
await Promise.all(Array.from({ length: AT_ONCE }, work));
const rows = chosen.map((client) => results.get(client));
const failed = rows.filter(({ result }) => result === 'FAIL');
const passed = rows.filter(({ result }) => result === 'pass');
process.stdout.write(`${rows.length} clients: ${passed.length} pass, ${failed.length} fail\n`);
if (names.length === 0 && passed.length === rows.length)
  writeFileSync(new URL('../CLIENTS.md', import.meta.url), toPage(rows));
process.exit(failed.length > 0 ? 1 : 0);

async function work() {
  for (let client = waiting.shift(); client; client = waiting.shift()) {
    const { result, output } = await runClient(client);
    const version = client.debian ? debianVersion(client.debian) : versionOf(client);
    results.set(client, { ...client, version, result });
    process.stdout.write(`${client.name.padEnd(28)} ${(version ?? '').padEnd(22)} ${result}\n${output}`);
  }
}

async function runClient({ name, debian }) {
  if (debian && debianVersion(debian) === undefined)
    return { result: 'skipped', output: `  not installed: apt-get install ${debian}\n` };
  return new Promise((resolve) => {
    const script = path.join(import.meta.dirname, 'support/run-client.js');
    execFile(process.execPath, [script, name], { timeout: LIMIT_MS }, (error, stdout, stderr) =>
      resolve(error ? { result: 'FAIL', output: stdout + stderr } : { result: 'pass', output: '' }),
    );
  });
}

function debianVersion(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['--show', '--showformat=${Version}', name]);
  return status === 0 && String(stdout) !== '' ? String(stdout) : undefined;
}

function toPage(clients) {
  const lines = clients
    .toSorted((one, other) => one.package.localeCompare(other.package, 'en'))
    .map(
      ({ package: name, debian, version, does }) =>
        `| ${name} | ${version} | ${debian ? 'Debian' : 'npm'} | ${does} |`,
    );
  return `# Clients that work with the tenant

Written by \`npm run clients\`, which runs each of these ${clients.length} clients, unchanged, with a tenant of its own.

| package | version | from | what it does |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}
