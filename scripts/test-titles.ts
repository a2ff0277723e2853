import { childrenOf, type Node, parseProgram, toNodes } from '../test/project/source-facts.ts';

/** What stands between the titles of a `describe` and of what is inside it. */
const TITLE_SEPARATOR = ' › ';

/** What fills a place of a template literal whose value only the running test knows. */
const UNKNOWN = '${…}';
/** The places of a title that vitest fills for each case of a table, and those of template literals. */
const PLACE = /%[sdifjoO#]|\$\{…\}|\$[A-Za-z]\w*(?:\.\w+)*/g;

/** The titles of each test of a source: those of the `describe`s around it, then its own. Tables keep their places (`%s`). */
export function collectTestTitles(source: string): string[][] {
  return [...walk(parseProgram(source), [])];
}

/**
 * The full titles of the tests that a citation names: its own title, or more of its titles with ` › ` between. Where none has exactly
 * that title, a title with places is named too, with values that the source contains.
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

/** Whether a call declares a test or a group of tests: `it`, `describe` and what wraps them, as in `it.each(…)(…)`. */
function toKind(callee: unknown): 'it' | 'describe' | undefined {
  const [node] = toNodes(callee);
  if (node?.type === 'MemberExpression') return toKind(node['object']);
  if (node?.type === 'CallExpression') return toKind(node['callee']);
  const name = node?.type === 'Identifier' ? String(node['name']) : '';
  if (name === 'it') return 'it';
  return name.startsWith('describe') ? 'describe' : undefined;
}

/** The last argument that is a text: `describeWith` names what it needs before its title. */
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

/** Whether a title becomes the cited one with values of the source. */
function isFilled(title: string, cited: string, source: string): boolean {
  const parts = title.split(PLACE).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const values = new RegExp(`^${parts.join('(.+)')}$`).exec(cited)?.slice(1);
  return parts.length > 1 && values !== undefined && values.every((value) => source.includes(toBare(value)));
}

/** A value without the quotes of `%j`. */
const toBare = (value: string): string => value.replace(/^"(.*)"$/, '$1');
