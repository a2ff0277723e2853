import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { toDoctorText } from '../../scripts/doctor-text.ts';
import { CHECKS } from '../../src/cli/doctor/all-checks.ts';

it('docs/reference/doctor.md is generated from the checks, and lists all of them', async () => {
  const text = await readFile('docs/reference/doctor.md', 'utf8');
  expect(text).toBe(toDoctorText());
  for (const { id } of CHECKS) expect(text).toMatch(new RegExp(`^\\| ${id}( \\(.*?\\))? \\|`, 'm'));
});
