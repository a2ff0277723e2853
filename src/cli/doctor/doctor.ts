import { toManagementError } from '../../auth0/management-access.ts';
import { createTravelClock } from '../../lib/clock.ts';
import { EXIT_CODES, type ExitCode } from '../../startup/exit-codes.ts';
import { readSources } from '../../startup/read-sources.ts';
import { printFailure, printFaults, printMessage, printResult } from '../output.ts';
import { createProgress, withInterrupt } from '../progress.ts';
import { CHECK_IDS } from './all-checks.ts';
import { toJsonReport, toReportLines } from './report.ts';
import { runDoctor } from './run-doctor.ts';
import { openDoctorTarget } from './target.ts';

/** The flags of `gatehouse doctor`. */
export interface DoctorFlags {
  /** Ids or families of checks, separated by commas. */
  readonly only: string | undefined;
  readonly skip: string | undefined;
  readonly live: boolean;
  readonly fix: boolean;
  readonly verbose: boolean;
}

/** Ids of checks of a comma list, in which `A` stands for A1 to A9; or the first word that is neither. */
function parseIds(list: string): readonly string[] | { readonly unknown: string } {
  const ids: string[] = [];
  for (const word of list.split(',').map((each) => each.trim().toUpperCase())) {
    const found = CHECK_IDS.filter((id) => id === word || (/^[A-Z]$/.test(word) && id.startsWith(word)));
    if (found.length === 0) return { unknown: word };
    ids.push(...found);
  }
  return ids;
}

/** `doctor`: checks the configuration and the tenant. */
export async function doctor(isJson: boolean, flags: DoctorFlags): Promise<ExitCode> {
  const only = flags.only === undefined ? undefined : parseIds(flags.only);
  const skip = flags.skip === undefined ? [] : parseIds(flags.skip);
  for (const parsed of [only ?? [], skip])
    if ('unknown' in parsed) {
      printMessage(`There is no check ${parsed.unknown}. The checks are: ${CHECK_IDS.join(', ')}.`);
      return EXIT_CODES.usage;
    }
  const read = await readSources(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  const clock = createTravelClock();
  try {
    const target = await openDoctorTarget(read.config, clock);
    try {
      printMessage(`checking ${target.where}`);
      const progress = createProgress();
      const report = await withInterrupt((signal) =>
        runDoctor(
          { sources: read, warnings: read.warnings, link: target.link, clock },
          {
            // Both are lists here: unknown ids were refused above.
            ...(only && { only: only as readonly string[] }),
            skip: skip as readonly string[],
            isLive: flags.live,
            isFixing: flags.fix,
            signal,
            onCheck: (id, done, total) => progress.update(done, total, id),
            onNote: printMessage,
          },
        ),
      ).finally(progress.stop);
      for (const { action, kind, key } of report.fixed) printMessage(`fixed: ${action} ${kind} ${key}`);
      printResult(isJson, toJsonReport(report, flags.verbose), () => toReportLines(report, flags.verbose));
      if (isJson)
        for (const { id, because } of report.silent)
          printMessage(`not checked: ${id} (because of ${because})`);
      return report.ok ? EXIT_CODES.fine : EXIT_CODES.failure;
    } finally {
      await target.close();
    }
  } catch (error) {
    return printFailure(isJson, toManagementError(error));
  }
}
