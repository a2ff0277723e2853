import { readFileSync } from 'node:fs';
import { parseFences } from '../../support/runnable-page.ts';

/** The text of the one code block of a page that contains a text. @throws Error if there is none, or more than one */
export function readBlock(page: string, part: string): string {
  const found = parseFences(readFileSync(page, 'utf8')).filter(({ text }) => text.includes(part));
  const [block, another] = found;
  if (block === undefined || another !== undefined)
    throw new Error(`${found.length} code blocks of ${page} contain: ${part}`);
  return block.text;
}

/** A text with replacements, such as the ports of a test. @throws Error if the text does not contain what is replaced */
export const adapt = (text: string, replacements: Readonly<Record<string, string>>): string =>
  Object.entries(replacements).reduce((adapted, [from, to]) => {
    if (!adapted.includes(from)) throw new Error(`not found: ${from}\n${adapted}`);
    return adapted.replaceAll(from, to);
  }, text);
