import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const heading = '## Measured separately';

/** The part of the page that runs of `npm run bench` keep: what other scripts have measured. Empty if there is none. */
export function readNotes(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const at = text.indexOf(`${heading}\n`);
  return at < 0 ? '' : text.slice(at);
}

/** Writes a section of that part, in place of the one with its title. */
export function writeNote(file, title, body) {
  const page = readFileSync(file, 'utf8');
  const notes = readNotes(file);
  const sections = notes.split(/^(?=### )/m).slice(1);
  const others = sections.filter((section) => !section.startsWith(`### ${title}\n`));
  const all = [...others, `### ${title}\n\n${body.trim()}\n`].map((section) => section.trim());
  const rest = page.slice(0, page.length - notes.length).trim();
  writeFileSync(file, `${rest}\n\n${heading}\n\n${all.join('\n\n')}\n`);
}
