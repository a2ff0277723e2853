import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseFences } from '../support/runnable-page.ts';

/** Languages whose blocks no general test runs: `sh run` and routes files have one. */
const LANGUAGES = ['js', 'jsx', 'ts', 'vue', 'nginx', 'caddyfile', 'haproxy'];

const CALL = /readBlock\(\s*(?:'([^']+)'|([A-Z_]+)),\s*(?:'([^']*)'|"([^"]*)")/g;

interface Use {
  readonly page: string;
  readonly part: string;
}

/** The blocks that a test takes from pages: `readBlock('docs/…', 'part')`, where a constant may hold the page. */
function parseUses(source: string): Use[] {
  const constants = new Map(
    [...source.matchAll(/^const ([A-Z_]+) = '([^']+\.md)';$/gm)].map(([, name = '', page = '']) => [
      name,
      page,
    ]),
  );
  return [...source.matchAll(CALL)].map(([, page, name = '', single, double = '']) => ({
    page: page ?? constants.get(name) ?? '',
    part: single ?? double,
  }));
}

it('each code block of a page that is no command has a test that takes its text', () => {
  const tests = globSync(['test/{pages,stories}/*.test.ts', 'packages/*/test/*.test.ts']);
  const uses = tests.flatMap((file) => parseUses(readFileSync(file, 'utf8')));
  expect(uses.length).toBeGreaterThan(25);
  const blocks = globSync('docs/{how-to,tutorials}/*.md').flatMap((page) =>
    parseFences(readFileSync(page, 'utf8'))
      .filter(
        ({ language, words }) =>
          LANGUAGES.includes(language) && !words.some((word) => word.startsWith('file=')),
      )
      .map(({ text }) => ({ page, text })),
  );
  expect(blocks.length).toBeGreaterThan(20);
  const isUsed = ({ page, text }: { readonly page: string; readonly text: string }): boolean =>
    uses.some((use) => use.page === page && text.includes(use.part));
  expect(blocks.filter((block) => !isUsed(block))).toEqual([]);
});
