import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLIENTS, versionOf } from '../clients/clients.js';

const FOLDER = new URL('../', import.meta.url);
const page = readFileSync(new URL('CLIENTS.md', FOLDER), 'utf8');

it('CLIENTS.md lists every client of the folder, in its locked version', () => {
  const rows = page.split('\n').filter((line) => /^\| .* \| (npm|Debian) \|/.test(line));
  expect(rows).toHaveLength(CLIENTS.length);
  for (const client of CLIENTS) {
    expect(existsSync(new URL(`clients/${client.file}`, FOLDER)), client.file).toBe(true);
    const version = 'debian' in client ? '' : `${String(versionOf(client))} | npm`;
    expect(page).toContain(`| ${client.package} | ${version}`);
  }
  expect(new Set(CLIENTS.map((client) => client.package)).size).toBeGreaterThanOrEqual(35);
});
