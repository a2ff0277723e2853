import { styleText } from 'node:util';
import { counted, toPrintable } from '../output.ts';
import type { Finding } from './check.ts';
import type { DoctorReport } from './run-doctor.ts';

const LABELS = { fail: 'FAIL', warn: 'WARN', pass: 'pass' } as const;
const COLOURS = { fail: 'red', warn: 'yellow', pass: 'green' } as const;

/** The findings to print; passed checks only on request. */
export const toShown = ({ findings }: Pick<DoctorReport, 'findings'>, isVerbose: boolean): Finding[] =>
  findings.filter(({ status }) => isVerbose || status !== 'pass');

/** The result as `--json` prints it. */
export const toJsonReport = (report: DoctorReport, isVerbose: boolean) => ({
  ok: report.ok,
  findings: toShown(report, isVerbose),
});

function toFindingLines({ id, status, seen, wanted, symptom, fix, dashboard }: Finding): string[] {
  // Coloured on a terminal only, and not with NO_COLOR.
  const label = styleText(COLOURS[status], LABELS[status], { stream: process.stdout });
  const head = `${label}  ${id.padEnd(3)} ${status === 'pass' ? wanted : toPrintable(seen)}`;
  if (status === 'pass') return [head];
  const details = { wanted, symptom, fix, ...(dashboard !== '' && { dashboard }) };
  return [head, ...Object.entries(details).map(([name, text]) => `      ${name.padEnd(9)} ${text}`), ''];
}

/** The result as lines of text: findings, failures first, and a summary. */
export function toReportLines(report: DoctorReport, isVerbose: boolean): string[] {
  const numberOf = (status: Finding['status']) =>
    report.findings.filter((finding) => finding.status === status).length;
  const silent = report.silent.map(({ id, because }) => `${id} (because of ${because})`);
  return [
    ...toShown(report, isVerbose).flatMap(toFindingLines),
    `${counted(numberOf('fail'), 'failure')}, ${counted(numberOf('warn'), 'warning')}, ${numberOf('pass')} passed.`,
    ...(silent.length > 0 ? [`Not checked: ${silent.join(', ')}.`] : []),
  ];
}
