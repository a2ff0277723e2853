import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toGeneratedTexts } from '../../scripts/generated-texts.ts';
import { CHECKS } from '../../src/cli/doctor/all-checks.ts';
import { createProgram } from '../../src/cli/program.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';
import { ERROR_TABLE } from '../../src/errors.ts';
import { AUDIT_EVENTS } from '../../src/observe/audit.ts';

let generated: Readonly<Record<string, string>>;
beforeAll(async () => {
  generated = await toGeneratedTexts();
});

const read = (file: string): string => readFileSync(file, 'utf8');

describe('what is generated from the code', () => {
  it.each([
    'docs/openapi.json',
    'docs/routes.schema.json',
    'docs/reference/cli.md',
    'docs/reference/configuration.md',
    'docs/reference/conformance.md',
    'docs/reference/doctor.md',
    'docs/reference/error-codes.md',
    'docs/reference/http-api.md',
    'docs/reference/log.md',
    'docs/reference/metrics.md',
    'docs/reference/routes-file.md',
    'packages/client/src/api-types.ts',
  ])('is committed as `npm run openapi` writes it: %s', (file) => {
    expect(read(file)).toBe(generated[file]);
  });

  it('is every page of docs/reference, and nothing that is not listed here', () => {
    const pages = Object.keys(generated).filter((file) => file.startsWith('docs/reference/'));
    expect(globSync('docs/reference/*.md').toSorted()).toEqual(pages.toSorted());
  });
});

/** The names in the first column of a page's tables. */
const listedIn = (page: string): string[] =>
  [...read(`docs/reference/${page}.md`).matchAll(/^\| `?([\w.]+)(?:`| \(|(?= \|))/gm)].map(
    ([, name = '']) => name,
  );

describe('a page of reference', () => {
  it.each([
    ['configuration', VARIABLE_NAMES],
    ['error-codes', Object.keys(ERROR_TABLE)],
    ['doctor', CHECKS.map(({ id }) => id)],
    ['log', Object.keys(AUDIT_EVENTS).map((name) => (name.startsWith('a') ? `${name}.succeeded` : name))],
  ])('has a row for each name of the code: %s', (page, names) => {
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !listedIn(page).includes(name))).toEqual([]);
  });

  it('has a section for each command and each operation', () => {
    const commands = createProgram().commands.filter(({ commands: below }) => below.length === 0);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands)
      expect(read('docs/reference/cli.md')).toContain(`\n## ${command.name()}\n`);
    const { paths } = JSON.parse(read('docs/openapi.json')) as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `\n### ${method.toUpperCase()} ${path.replaceAll('{', '\\{')}\n`),
    );
    expect(operations.filter((heading) => !read('docs/reference/http-api.md').includes(heading))).toEqual([]);
  });
});
