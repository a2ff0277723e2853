/** The exit codes of the program. */
export const EXIT_CODES = {
  fine: 0,
  /** The command failed or reported findings. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong: EX_CONFIG of sysexits.h. */
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
