import { expect, it } from 'vitest';
import { toReportLines } from '../../../src/cli/doctor/report.ts';

it('text of the tenant cannot move the cursor, because anyone can register a client with any name', () => {
  const seen = 'My\u001B[2J\u009B1A\rApp\u0007: has a grant';
  const finding = {
    id: 'M3',
    status: 'fail',
    seen,
    wanted: 'w',
    symptom: 's',
    fix: 'f',
    dashboard: '',
  } as const;
  const report = { ok: false, findings: [finding], silent: [], problems: [], fixed: [] };
  const text = toReportLines(report, false).join('\n');
  expect(text).toContain('My\uFFFD[2J\uFFFD1A\uFFFDApp\uFFFD: has a grant');
  expect(text).toContain('1 failure, 0 warnings, 0 passed.');
});
