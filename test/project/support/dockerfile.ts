import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions of the last stage of a Dockerfile, which is the image; continued lines are joined. */
export const readInstructions = (file: string): readonly Instruction[] =>
  (
    readFileSync(file, 'utf8')
      .replaceAll(/^#.*\n/gm, '')
      .replaceAll(/\\\n\s*/g, '')
      .split(/^FROM /m)
      .at(-1) ?? ''
  )
    .split('\n')
    .map((line) => /^([A-Z]+) (.*)$/.exec(line) ?? [])
    .map(([, name = '', text = '']) => ({ name, text }));

export const textsOf = (instructions: readonly Instruction[], wanted: string): string[] =>
  instructions.filter(({ name }) => name === wanted).map(({ text }) => text);

/** The variables that an image sets. */
export const envOfImage = (file: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    textsOf(readInstructions(file), 'ENV')
      .join(' ')
      .split(/\s+/)
      .map((pair) => pair.split('=', 2)),
  );
