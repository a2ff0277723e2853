import { globSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import openApi from '../../docs/openapi.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };
import { createProgram } from '../../src/cli/program.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';
import { ERROR_TABLE, type ErrorMeaning } from '../../src/error-table.ts';
import { parseRoutes } from '../../src/resources/routes-file/parse-routes.ts';

const pages = globSync(['README.md', 'docs/{tutorials,how-to,explanation}/*.md', 'docs/glossary.md']);

/** Each match of a pattern in the pages, with its page. */
const findAll = (pattern: RegExp): { page: string; name: string; groups: readonly string[] }[] =>
  pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(pattern)].map(([whole, ...groups]) => ({
      page,
      name: groups[0] ?? whole,
      groups,
    })),
  );

/** Variables of other programs, of the scripts of this checkout, and of the shells of examples. */
const FOREIGN_VARIABLES = new Set(
  `X_FILE NODE_EXTRA_CA_CERTS POD_IP VITE_GATEWAY AUTH0_INCLUDED_ONLY
  CLIENT_ID CLIENT_SECRET ADMIN_SECRET MGMT_SECRET ORGANIZER_URL FRONTEND_HOST
  ISSUER_BASE_URL BASE_URL AUTH0_SECRET APP_BASE_URL AUTH0_AUDIENCE AUTH0_SCOPE`.split(/\s+/),
);

const PATHS = new Set(Object.keys(openApi.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}')));
/** Paths that are not in the API document, and examples. */
const OTHER_PATHS = new Set(['/docs', '/metrics', '/v1', '/v1/admin', '/v1/auth']);

const isServed = (name: string): boolean => {
  const path = name.replaceAll(/\$\w+|\{\w+\}|auth0%7C\w+|(?<=customers\/)[a-z-]+/g, '{}');
  return PATHS.has(path) || OTHER_PATHS.has(path) || path.startsWith('/.well-known/oauth-protected-resource');
};

describe('names in the documentation exist', () => {
  it('each variable is read by the gateway', () => {
    const known = new Set<string>(VARIABLE_NAMES);
    const found = findAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g);
    expect(found.length).toBeGreaterThan(100);
    const isKnown = (name: string) =>
      known.has(name) ||
      known.has(name.replace(/_FILE$/, '')) ||
      FOREIGN_VARIABLES.has(name) ||
      // Read by the SDK of OpenTelemetry.
      name.startsWith('OTEL_');
    expect(found.filter(({ name }) => !isKnown(name))).toEqual([]);
  });

  it('each path of the gateway is served', () => {
    const found = findAll(
      /(?<![\w.:/}<>~-])\/(?:v1|problems|healthz|readyz|openapi\.json)(?:\/[\w{}$%-]+)*/g,
    );
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ name }) => !isServed(name))).toEqual([]);
  });

  it('each metric is exported', () => {
    const found = findAll(/(?<![\w.])(?:gatehouse|http_server|nodejs)_[a-z_]+\b/g);
    expect(found.length).toBeGreaterThan(15);
    const listed = readFileSync('docs/reference/metrics.md', 'utf8');
    const isExported = (name: string) =>
      [name, name.replace(/_(?:bucket|count|sum)$/, '')].some((each) => listed.includes(`| \`${each}\` |`));
    expect(found.filter(({ name }) => !isExported(name))).toEqual([]);
  });

  it('each error code with a status is in the table, with the same status', () => {
    const found = findAll(/\b([45]\d\d) `([a-z_]+)`/g);
    expect(found.length).toBeGreaterThan(10);
    const table: Readonly<Record<string, ErrorMeaning>> = ERROR_TABLE;
    const isRight = ([status, code = '']: readonly string[]) => table[code]?.status === Number(status);
    expect(found.filter(({ groups }) => !isRight(groups))).toEqual([]);
  });

  it('each command and flag is one of the program', () => {
    const found = findAll(
      /(?:npm run (?:-s )?gatehouse --|[`\s]gatehouse(?! [a-z]+:)) ((?:[a-z-]+ ?)+)((?:--[a-z-]+)?)/g,
    ).filter(({ groups: [words = ''] }) =>
      createProgram().commands.some((each) => words.split(' ')[0] === each.name()),
    );
    expect(found.length).toBeGreaterThan(30);
    // A family of commands, such as `provision`, is named by its first word.
    const isRight = ([words = '', flag = '']: readonly string[]): boolean => {
      let command: Command = createProgram();
      for (const word of words.trim().split(' ')) {
        const next = command.commands.find((each) => each.name() === word);
        if (next) command = next;
        else if (command.commands.length > 0) return false;
      }
      return flag === '' || command.options.some(({ long }) => long === flag);
    };
    expect(found.filter(({ groups }) => !isRight(groups))).toEqual([]);
  });

  it('each npm script is in package.json', () => {
    const scripts = Object.keys(packageJson.scripts);
    // Scripts of a reader's own package, and of the client's workspace.
    const others = ['dev', 'build'];
    const found = findAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ name }) => !scripts.includes(name) && !others.includes(name))).toEqual([]);
  });

  it('each routes file is valid', () => {
    const found = findAll(/^( *)```yaml\n((?: *#.*\n)? *routes:\n[^]*?)^ *```$/gm);
    expect(found.length).toBeGreaterThan(5);
    const faults = found.flatMap(({ page, groups: [indent = '', text = ''] }) => {
      const parsed = parseRoutes(text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), [], () => 'localhost');
      return parsed.ok ? [] : parsed.faults.map(({ name, seen, wanted }) => ({ page, name, seen, wanted }));
    });
    expect(faults).toEqual([]);
  });
});
