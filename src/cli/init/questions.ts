import * as clack from '@clack/prompts';
import { InputError } from '../read-json.ts';

/** Asks the questions of `init`; without a terminal or with `--yes`, the answer is the default. */
export interface Questions {
  readonly isAsking: boolean;
  readonly confirm: (message: string, byDefault: boolean) => Promise<boolean>;
  /** Throws `InputError` without a default and without a terminal. */
  readonly text: (message: string, flag: string, byDefault?: string) => Promise<string>;
  readonly choose: <T extends string>(
    message: string,
    options: readonly (readonly [T, string])[],
  ) => Promise<T>;
}

/** Ctrl-C or a closed terminal. */
export class Cancelled extends Error {
  override readonly name = 'InputError';

  constructor() {
    super('Cancelled. No further changes were made.');
  }
}

/** Prompts write to stderr, since results go to stdout. */
const COMMON = { output: process.stderr };

function requireAnswer<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Cancelled();
  // `T` without `symbol`.
  return answer as Exclude<T, symbol>;
}

export function createQuestions({ yes }: { readonly yes: boolean }): Questions {
  const isAsking = !yes && process.stdin.isTTY && process.stderr.isTTY;
  return {
    isAsking,
    async confirm(message, initialValue) {
      return isAsking
        ? requireAnswer(await clack.confirm({ ...COMMON, message, initialValue }))
        : initialValue;
    },
    async text(message, flag, byDefault) {
      if (isAsking) {
        const validate = (value: string | undefined) => (value?.trim() ? undefined : 'Enter a value.');
        const initialValue = byDefault ?? '';
        return requireAnswer(await clack.text({ ...COMMON, message, initialValue, validate })).trim();
      }
      if (byDefault === undefined) throw new InputError(`Not a terminal: pass ${flag}.`);
      return byDefault;
    },
    async choose(message, options) {
      const [first] = options;
      if (!isAsking || !first) {
        if (!first) throw new InputError('nothing to choose from');
        return first[0];
      }
      const shown = options.map(([value, label]) => ({ value, label }));
      // The options have exactly these values.
      return requireAnswer(
        await clack.select<string>({ ...COMMON, message, options: shown }),
      ) as (typeof first)[0];
    },
  };
}
