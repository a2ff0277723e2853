import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { collectTestTitles, findCited } from './test-titles.ts';

const ROOT = new URL('../', import.meta.url);
/** The files below docs/reference/conformance, in the order of the page. */
const FILES = ['rfc-10017', 'rfc-9700', 'rfc-8725', 'rfc-6750', 'rfc-9728', 'asvs-5.0'];

const STATUS_TEXTS = {
  met: 'met',
  'not-met': '**not met**',
  operator: "operator's duty",
  'not-applicable': 'not applicable',
} as const;

const requirement = z.strictObject({
  /** The section of an RFC, or the number of a requirement. */
  at: z.string(),
  /** The requirement, paraphrased in one sentence. */
  requires: z.string(),
  status: z.enum(['met', 'not-met', 'operator', 'not-applicable']),
  /** Why the gateway itself does not meet it, or the limits of meeting it. */
  why: z.string().optional(),
  /** Titles of tests by the path of their file. */
  tests: z.record(z.string(), z.array(z.string()).min(1)).default({}),
});

const conformanceDocument = z.strictObject({
  name: z.string(),
  title: z.string(),
  url: z.url(),
  /** Which of its parts the page covers. */
  scope: z.string(),
  sections: z.array(z.strictObject({ title: z.string(), requirements: z.array(requirement).min(1) })).min(1),
});

export type ConformanceDocument = z.infer<typeof conformanceDocument>;
type Requirement = z.infer<typeof requirement>;

/** The documents of docs/reference/conformance. Throws a ZodError for an invalid row. */
export const readConformance = (): ConformanceDocument[] =>
  FILES.map((name) => {
    const file = new URL(`docs/reference/conformance/${name}.yaml`, ROOT);
    return conformanceDocument.parse(parse(readFileSync(file, 'utf8')));
  });

/** The faults of the rows: a claim without a test or a reason, a test that does not exist, a duplicate number. */
export function findConformanceFaults(
  documents: readonly ConformanceDocument[],
  cite: Citer = createCiter(),
): string[] {
  return documents.flatMap(({ name, sections }) =>
    sections
      .flatMap(({ requirements }) => requirements)
      .flatMap(({ at, requires, status, why, tests }, i, rows) => {
        const faults = Object.entries(tests).flatMap(([file, titles]) =>
          titles.flatMap((title) => {
            const { length } = cite(file, title);
            if (length === 1) return [];
            return [`${length === 0 ? 'no test' : `${length} tests`} of that title: ${file} › ${title}`];
          }),
        );
        if (status === 'met' && Object.keys(tests).length === 0) faults.push('met, but names no test');
        if (status !== 'met' && why === undefined) faults.push(`${status}, but gives no reason`);
        if (rows.findIndex((row) => row.requires === requires) !== i) faults.push('is there twice');
        return faults.map((fault) => `${name} ${at}: ${fault}`);
      }),
  );
}

/** The full titles of the tests of a file that a citation names. */
type Citer = (file: string, title: string) => string[];

/** Each file is read and parsed once. */
function createCiter(): Citer {
  const read = new Map<string, { readonly source: string; readonly titles: string[][] }>();
  return (file, title) => {
    let found = read.get(file);
    if (!found) {
      const url = new URL(file, ROOT);
      const source = existsSync(url) ? readFileSync(url, 'utf8') : '';
      read.set(file, (found = { source, titles: collectTestTitles(source) }));
    }
    return findCited(found.titles, title, found.source);
  };
}

/** The text of a table cell; text in backticks is not changed. */
const toCell = (text: string): string =>
  text
    .trim()
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<*_]/g, '\\$&')))
    .join('')
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ');

function toRow(row: Requirement, cite: Citer): string {
  const { at, requires, status, why, tests } = row;
  const shownBy = Object.entries(tests).flatMap(([file, titles]) =>
    titles.flatMap((title) => cite(file, title).map((full) => `\`${file}\` › "${toCell(full)}"`)),
  );
  const standing = why === undefined ? STATUS_TEXTS[status] : `${STATUS_TEXTS[status]}: ${toCell(why)}`;
  return `| ${at} | ${toCell(requires)} | ${standing} | ${shownBy.join('<br>')} |`;
}

function toCounts({ name, sections }: ConformanceDocument): string {
  const rows = sections.flatMap(({ requirements }) => requirements);
  const counts = Object.keys(STATUS_TEXTS).map((each) => rows.filter(({ status }) => status === each).length);
  return `| [${name}](#${name.toLowerCase().replaceAll(' ', '-').replaceAll('.', '')}) | ${counts.join(' | ')} |`;
}

/**
 * docs/reference/conformance.md, from the rows.
 * @throws Error with everything that `findConformanceFaults` finds
 */
export function toConformanceText(documents: readonly ConformanceDocument[] = readConformance()): string {
  const cite = createCiter();
  const faults = findConformanceFaults(documents, cite);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const parts = documents.map(({ name, title, url, scope, sections }) => {
    const tables = sections.map(
      (section) => `### ${section.title}

| at | requirement | status | shown by |
| --- | --- | --- | --- |
${section.requirements.map((row) => toRow(row, cite)).join('\n')}`,
    );
    return `## ${name}\n\n[${title}](${url}). ${scope.trim()}\n\n${tables.join('\n\n')}`;
  });
  return `# Conformance

This page is generated from the rows in \`docs/reference/conformance\`: run \`npm run openapi\` to write it again. A test fails if a row that
claims "met" names a test that does not exist, or none.

Requirements are in our own words; the documents themselves decide. A test is named by its file and its title. \`%s\` and its like
stand for each case of a table of cases.

- **met**: the gateway does it, and the tests show it.
- **not met**: it does not, for the reason given.
- **operator's duty**: it depends on the tenant, the network or the settings of who runs the gateway. The reason says what to do.
- **not applicable**: it is about something that the gateway does not do.

| document | ${Object.values(STATUS_TEXTS)
    .map((text) => text.replaceAll('*', ''))
    .join(' | ')} |
| --- | --- | --- | --- | --- |
${documents.map(toCounts).join('\n')}

${parts.join('\n\n')}
`;
}
