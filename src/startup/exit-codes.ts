/** What the program ends with. */
export const EXIT_CODES = {
  fine: 0,
  /** Findings, or what was asked for could not be done. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong: EX_CONFIG of sysexits.h. */
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
