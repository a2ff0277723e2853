import { childrenOf, type Node, parseProgram, toNodes } from '../test/project/source-facts.ts';

/** Separates the title of a `describe` from those inside of it. */
const TITLE_SEPARATOR = ' › ';

/** The placeholder for a value of a template literal that only the running test has. */
const UNKNOWN = '${…}';
/** The placeholders of a title that vitest fills for each case of a table, and those of template literals. */
const PLACE = /%[sdifjoO#]|\$\{…\}|\$[A-Za-z]\w*(?:\.\w+)*/g;

/**
 * The titles of each test of a source: those of its `describe` groups, then its own. Tables keep their placeholders (`%s`).
 */
export function collectTestTitles(source: string): string[][] {
  return [...walk(parseProgram(source), [])];
}

/**
 * The full titles of the tests that a citation names: by the test's own title, or by several of its titles with ` › `
 * between. If no title matches exactly, a title with placeholders matches with values that the source contains.
 */
export function findCited(titles: readonly string[][], citation: string, source: string): string[] {
  const cited = citation.split(TITLE_SEPARATOR);
  const findBy = (isNamed: (title: string, by: string) => boolean): string[] =>
    titles
      .filter((path) => {
        const inner = path.slice(-cited.length);
        return inner.length === cited.length && inner.every((title, i) => isNamed(title, cited[i] ?? ''));
      })
      .map((path) => [...path.slice(0, -cited.length), ...cited].join(TITLE_SEPARATOR));
  const exact = findBy((title, by) => title === by);
  return exact.length > 0 ? exact : findBy((title, by) => title === by || isFilled(title, by, source));
}

function* walk(node: Node, outer: readonly string[]): Generator<string[]> {
  const kind = node.type === 'CallExpression' ? toKind(node['callee']) : undefined;
  const title = kind === undefined ? undefined : toTitle(node);
  if (kind === 'it' && title !== undefined) {
    yield [...outer, title];
    return;
  }
  const inner = title === undefined ? outer : [...outer, title];
  for (const child of childrenOf(node)) yield* walk(child, inner);
}

/** Whether a call declares a test or a group of tests: `it`, `describe` and forms such as `it.each(…)(…)`. */
function toKind(callee: unknown): 'it' | 'describe' | undefined {
  const [node] = toNodes(callee);
  if (node?.type === 'MemberExpression') return toKind(node['object']);
  if (node?.type === 'CallExpression') return toKind(node['callee']);
  const name = node?.type === 'Identifier' ? String(node['name']) : '';
  if (name === 'it') return 'it';
  return name.startsWith('describe') ? 'describe' : undefined;
}

/** The last string argument, because `describeWith` has the program before the title. */
function toTitle(call: Node): string | undefined {
  return toNodes(call['arguments'])
    .map(toText)
    .findLast((text) => text !== undefined);
}

function toText(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  return toNodes(node['quasis'])
    .map(({ value }) => String((value as { cooked?: unknown }).cooked))
    .join(UNKNOWN);
}

/** Whether a title matches the cited one with values of the source. */
function isFilled(title: string, cited: string, source: string): boolean {
  const parts = title.split(PLACE).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const values = new RegExp(`^${parts.join('(.+)')}$`).exec(cited)?.slice(1);
  return parts.length > 1 && values !== undefined && values.every((value) => source.includes(toBare(value)));
}

/** A value without the quotes of `%j`. */
const toBare = (value: string): string => value.replace(/^"(.*)"$/, '$1');
