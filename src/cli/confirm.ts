import { createInterface } from 'node:readline/promises';

/** What a question is asked on: a terminal's two ends. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Asks a person; anything but a yes is a no. Undefined where there is nobody to ask. */
export async function confirm(question: string, { input, output }: Terminal): Promise<boolean | undefined> {
  if (input.isTTY !== true) return undefined;
  const lines = createInterface({ input, output });
  // Who closes the terminal does not agree.
  const closed = new Promise<string>((done) => lines.once('close', () => done('')));
  try {
    return /^y(es)?$/i.test((await Promise.race([lines.question(`${question} [y/N] `), closed])).trim());
  } finally {
    lines.close();
  }
}
