import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingsOfRow, skipReason } from './contract-row.ts';
import { contractRows } from './contract-rows.ts';
import { furtherShapes, referenceIds } from './reference-ids.ts';
import { needs, type SettingName, settingDescriptions, toSettings, variableOf } from './settings.ts';

const ids = contractRows.map(({ id }) => id);
// The keys of an object literal are those of its type.
const names = Object.keys(settingDescriptions) as SettingName[];
const everything = toSettings(Object.fromEntries(names.map((name) => [variableOf(name), 'x'])));

it("every case of the reference's table is in the contract once, and no other case is", () => {
  expect(ids.toSorted()).toEqual([...referenceIds, ...furtherShapes].toSorted());
});

it('without a domain each row is skipped on a real tenant, with the reason', () => {
  for (const row of contractRows)
    expect(skipReason(row, toSettings({}))).toBe('AUTH0_CONTRACT_DOMAIN is not set');
});

it('with all variables only rows that need the control API are skipped, with the reason', () => {
  const leftOut = contractRows.flatMap((row) => (skipReason(row, everything) === undefined ? [] : [row.id]));
  expect(leftOut).toEqual(contractRows.flatMap((row) => (row.controls ? [row.id] : [])));
  const controlled = contractRows.filter(({ controls }) => controls);
  for (const row of controlled) expect(skipReason(row, everything)).toMatch(/^needs control of \w+/);
});

it('a missing variable skips the rows that need it, and is named', () => {
  const { MACHINE_CLIENT_SECRET, ...others } = everything;
  expect(MACHINE_CLIENT_SECRET).toBe('x');
  const leftOut = contractRows.filter((row) => !row.controls && skipReason(row, others) !== undefined);
  expect(leftOut.map(({ id }) => id)).toContain('CC01');
  expect(leftOut.every(({ needs: needed = [] }) => needed.includes('machine'))).toBe(true);
  for (const row of leftOut)
    expect(skipReason(row, others)).toBe('not set: AUTH0_CONTRACT_MACHINE_CLIENT_SECRET');
});

it('a row sees only the settings that it declares', () => {
  const [row] = contractRows.filter(({ id }) => id === 'AC02');
  const seen = Object.keys(row ? settingsOfRow(row, everything) : {});
  expect(seen.toSorted()).toEqual([
    'AUDIENCE',
    'CALLBACK',
    'CLIENT_ID',
    'CLIENT_SECRET',
    'CONNECTION',
    'DOMAIN',
    'LOGOUT_URL',
    'SCOPES',
  ]);
});

it('the README explains each variable', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const [name, description] of Object.entries(settingDescriptions))
    expect(readme).toContain(`| \`${variableOf(name as SettingName)}\` | ${description}`);
  const known = Object.values(needs).flat();
  expect(names.filter((name) => readme.includes(`\`${variableOf(name)}\``))).toEqual(
    expect.arrayContaining(known),
  );
});
