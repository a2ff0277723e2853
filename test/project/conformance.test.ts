import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  type ConformanceDocument,
  findConformanceFaults,
  readConformance,
  toConformanceText,
} from '../../scripts/conformance-text.ts';
import { collectTestTitles, findCited } from '../../scripts/test-titles.ts';

type Row = ConformanceDocument['sections'][number]['requirements'][number];

const file = 'test/session/cookie.test.ts';
const planted = (...requirements: Row[]): ConformanceDocument[] => [
  { name: 'X', title: 'X', url: 'https://x.test', scope: 'All.', sections: [{ title: 'One', requirements }] },
];
const row = (more: Partial<Row>): Row => ({
  at: '1',
  requires: 'It holds.',
  status: 'met',
  tests: { [file]: ['is set once: a session in use sends no other'] },
  ...more,
});

describe('docs/reference/conformance.md', () => {
  it('is what its rows say', async () => {
    expect(await readFile('docs/reference/conformance.md', 'utf8')).toBe(toConformanceText());
  });

  it('has rows of which each that claims "met" names tests that exist, and each other a reason', () => {
    const documents = readConformance();
    expect(documents.flatMap(({ sections }) => sections).length).toBeGreaterThan(documents.length);
    expect(findConformanceFaults(documents)).toEqual([]);
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

  it('that is there twice is a fault', () => {
    expect(findConformanceFaults(planted(row({}), row({})))).toEqual(['X 1: is there twice']);
  });

  it('shows each test by its file and full title, and its reason', () => {
    const text = toConformanceText(planted(row({ why: 'a | b' })));
    expect(text).toContain(
      `| 1 | It holds. | met: a \\| b | \`${file}\` › "the cookie of a session › is set once: a session in use sends no other" |`,
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

  it('come with those around them, and tables with their places', () => {
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
