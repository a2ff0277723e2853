import { parseAst } from 'vitest/node';

/** The facts about a source file that layout rules use. */
export interface SourceFacts {
  /** Relative to the checkout, with `/`: `src/http/route.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Every module named by an import, a re-export, a dynamic import or a type import. */
  readonly imports: readonly string[];
  /** A dynamic import whose module is not a string literal. */
  readonly hasOpaqueImport: boolean;
  readonly hasDefaultExport: boolean;
  /** A `let` or `var` outside any function. */
  readonly hasModuleState: boolean;
  readonly readsEnvironment: boolean;
  /** `Date.now`, `new Date()` or `Date()`. */
  readonly readsWallClock: boolean;
}

export interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const importingTypes = new Set([
  'ImportDeclaration',
  'ImportExpression',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'TSImportType',
  'TSExternalModuleReference',
]);

/** Parses TypeScript and collects the facts from its syntax tree, so that comments and strings are ignored. */
export function parseSourceFacts(path: string, source: string): SourceFacts {
  const nodes = parseNodes(source);
  const [program] = nodes;
  const modules = nodes.filter(({ type }) => importingTypes.has(type)).map(toModule);
  return {
    path,
    lines: source.split('\n').length - (source.endsWith('\n') ? 1 : 0),
    imports: modules.filter((module) => typeof module === 'string'),
    hasOpaqueImport: modules.includes(null),
    hasDefaultExport: nodes.some(isDefaultExport),
    hasModuleState: toNodes(program?.['body']).some(isModuleState),
    readsEnvironment: nodes.some(isEnvironment),
    readsWallClock: nodes.some(isWallClock),
  };
}

/** The syntax tree of a source. */
export const parseProgram = (source: string): Node => asNode(parseAst(source, { lang: 'ts' }));

/** Every node of a source's syntax tree, the program first. */
export const parseNodes = (source: string): Node[] => [...walk(parseProgram(source))];

/** The nodes directly below a node, in the order of the source. */
export const childrenOf = (node: Node): Node[] => Object.values(node).flatMap(toNodes);

// The module's name; null if it is not a literal, undefined without a module (`export const`).
function toModule(node: Node): string | null | undefined {
  const named = node['source'] ?? node['expression'];
  if (!isNode(named)) return undefined;
  return typeof named['value'] === 'string' ? named['value'] : null;
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration' || node.type === 'TSExportAssignment') return true;
  return node.type === 'ExportSpecifier' && nameOf(node['exported']) === 'default';
}

function isModuleState(statement: Node): boolean {
  const declared = isNode(statement['declaration']) ? statement['declaration'] : statement;
  return (
    declared.type === 'VariableDeclaration' && declared['kind'] !== 'const' && declared['declare'] !== true
  );
}

function isEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') {
    return nameOf(node['property']) === 'env' && lastNameOf(node['object']) === 'process';
  }
  if (node.type === 'VariableDeclarator' && lastNameOf(node['init']) === 'process' && isNode(node['id'])) {
    return toNodes(node['id']['properties']).some(({ key }) => nameOf(key) === 'env');
  }
  if (node.type === 'ImportDeclaration' && /^(node:)?process$/.test(String(toModule(node)))) {
    return toNodes(node['specifiers']).some(({ imported }) => nameOf(imported) === 'env');
  }
  return false;
}

function isWallClock(node: Node): boolean {
  if (node.type === 'MemberExpression') {
    return nameOf(node['property']) === 'now' && lastNameOf(node['object']) === 'Date';
  }
  if (node.type === 'NewExpression') {
    return lastNameOf(node['callee']) === 'Date' && toNodes(node['arguments']).length === 0;
  }
  return node.type === 'CallExpression' && lastNameOf(node['callee']) === 'Date';
}

function lastNameOf(node: unknown): unknown {
  return isNode(node) && node.type === 'MemberExpression' ? nameOf(node['property']) : nameOf(node);
}

function nameOf(node: unknown): unknown {
  return isNode(node) ? (node['name'] ?? node['value']) : undefined;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** The nodes in a member of a node: one, several or none. */
export function toNodes(value: unknown): Node[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function asNode(value: unknown): Node {
  if (!isNode(value)) throw new TypeError('not a syntax tree');
  return value;
}
