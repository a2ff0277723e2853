/** The second paragraph of every page that is generated from the code. */
export const GENERATED = 'This page is generated from the code: run `npm run openapi` to write it again.';

/** A text in a cell of a table. `<` would begin an element of HTML. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** A text in a cell of a table, as code; nothing for an empty one. */
export const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);

/** A table of cells that are Markdown already. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
