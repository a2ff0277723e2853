import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  type ConformanceDocument,
  findConformanceFaults,
  readConformance,
  toConformanceText,
} from '../../scripts/conformance-text.ts';
import { collectTestTitles, findCited } from '../../scripts/test-titles.ts';

/** The number of requirements of levels 1 and 2 in each section; those of level 3 come last. */
const ASVS_LEVELS_1_AND_2: Readonly<Record<string, number>> = {
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
};

type Row = ConformanceDocument['sections'][number]['requirements'][number];

const file = 'test/session/cookie.test.ts';
const planted = (...requirements: Row[]): ConformanceDocument[] => [
  { name: 'X', title: 'X', url: 'https://x.test', scope: 'All.', sections: [{ title: 'One', requirements }] },
];
const row = (more: Partial<Row>): Row => ({
  at: '1',
  requires: 'It holds.',
  status: 'met',
  tests: { [file]: ['is set once, not again while the session is used'] },
  ...more,
});

describe('docs/reference/conformance.md', () => {
  it('is generated from its rows', async () => {
    expect(await readFile('docs/reference/conformance.md', 'utf8')).toBe(toConformanceText());
  });

  it('has rows that name existing tests if they are "met", and otherwise a reason', () => {
    const documents = readConformance();
    expect(documents.flatMap(({ sections }) => sections).length).toBeGreaterThan(documents.length);
    expect(findConformanceFaults(documents)).toEqual([]);
  });

  it('has each requirement of levels 1 and 2 of the chapters of the ASVS that it covers, in order', () => {
    const asvs = readConformance().find(({ name }) => name === 'OWASP ASVS 5.0');
    const numbers = asvs?.sections.flatMap(({ requirements }) => requirements.map(({ at }) => at));
    expect(numbers).toEqual(
      Object.entries(ASVS_LEVELS_1_AND_2).flatMap(([section, count]) =>
        Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
      ),
    );
  });
});

describe('a row', () => {
  it.each<[string, Partial<Row>, string]>([
    ['claims "met" without a test', { tests: {} }, 'X 1: met, but names no test'],
    [
      'names a test that is not there',
      { tests: { [file]: ['is set twice'] } },
      `X 1: no test of that title: ${file} › is set twice`,
    ],
    [
      'names a file that is not there',
      { tests: { 'test/none.test.ts': ['holds'] } },
      'X 1: no test of that title: test/none.test.ts › holds',
    ],
    ['gives no reason', { status: 'operator' }, 'X 1: operator, but gives no reason'],
  ])('that %s is a fault', (_, more, fault) => {
    expect(findConformanceFaults(planted(row(more)))).toEqual([fault]);
    expect(() => toConformanceText(planted(row(more)))).toThrow(fault);
  });

  it('that is duplicated is a fault', () => {
    expect(findConformanceFaults(planted(row({}), row({})))).toEqual(['X 1: is there twice']);
  });

  it('shows its tests by file and full title, and its reason', () => {
    const text = toConformanceText(planted(row({ why: 'a | b' })));
    expect(text).toContain(
      `| 1 | It holds. | met: a \\| b | \`${file}\` › "the cookie of a session › is set once, not again while the session is used" |`,
    );
  });
});

describe('the titles of tests', () => {
  const source = [
    "describe.each(cases)('a gate %s', (_, name) => {",
    "  it('opens', () => {});",
    "  describeWith('chromium', `over ${scheme}`, () => {",
    "    it.each([['late'], ['early']])('is shut where it is %s', { timeout: 1 }, () => {});",
    '  });',
    '});',
    "it.skipIf(!hasCurl)('stands alone', () => {});",
    "// it('is a comment', () => {});",
    "const word = 'it'; unit('is no test', () => {});",
  ].join('\n');
  const titles = collectTestTitles(source);

  it('include those of the groups, and keep the placeholders of tables', () => {
    expect(titles).toEqual([
      ['a gate %s', 'opens'],
      ['a gate %s', 'over ${…}', 'is shut where it is %s'],
      ['stands alone'],
    ]);
  });

  it.each([
    ['opens', ['a gate %s › opens']],
    ['a gate %s › opens', ['a gate %s › opens']],
    ['is shut where it is late', ['a gate %s › over ${…} › is shut where it is late']],
    ['is shut where it is %s', ['a gate %s › over ${…} › is shut where it is %s']],
    ['is shut where it is broken', []],
    ['is a comment', []],
    ['gate %s › opens', []],
    ['a gate %s', []],
  ])('are found by %j', (citation, found) => {
    expect(findCited(titles, citation, source)).toEqual(found);
  });
});
