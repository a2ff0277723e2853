/** A line of `.env` that would be left out or cut. */
export interface LineFault {
  /** Counted from 1. */
  readonly line: number;
  readonly wanted: string;
}

/** What dotenv reads: nothing, a comment, or `NAME=value`. A value in quotes may go over several lines. */
const entry =
  /[^\S\n]*(?:(?:export[^\S\n]+)?(?<name>[\w.-]+)(?:[^\S\n]*=|:(?=[^\S\n]))[^\S\n]*(?:"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`|(?<bare>[^\n#'"`][^\n]*)?)[^\S\n]*)?(?:#[^\n]*)?(?:\n|$)/y;

/** Its first `#` stands in a word. */
const isCut = /^[^#]*[^#\s]#/;

const wantedLine = 'NAME=value, a comment that begins with #, or nothing; a quote that opens must close';
const wantedQuotes = 'quotes around a value that holds #: without them dotenv takes the rest for a comment';

/** The lines that dotenv would not read as they are meant; none of their text, which may be a secret. */
export function findLineFaults(text: string): LineFault[] {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  const faults: LineFault[] = [];
  const lineAt = (index: number): number => lines.slice(0, index).split('\n').length;
  for (let at = 0; at < lines.length; ) {
    entry.lastIndex = at;
    const found = entry.exec(lines);
    if (!found) {
      faults.push({ line: lineAt(at), wanted: wantedLine });
      const end = lines.indexOf('\n', at);
      at = end === -1 ? lines.length : end + 1;
      continue;
    }
    if (isCut.test(found.groups?.['bare'] ?? '')) faults.push({ line: lineAt(at), wanted: wantedQuotes });
    at = entry.lastIndex;
  }
  return faults;
}
