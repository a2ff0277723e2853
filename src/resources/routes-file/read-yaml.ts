import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Fault } from '../../config/faults.ts';

/** The line of a value in a file; for a missing value, the line of its parent. */
export type LineOf = (path: readonly PropertyKey[]) => number;

export type ReadYaml =
  | { readonly ok: true; readonly tree: unknown; readonly lineOf: LineOf }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Texts that replace unclear messages of the parser. */
const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a key that comes twice',
  MULTIPLE_DOCS: 'a second document',
  NON_STRING_KEY: 'a key that is not a text',
  TAB_AS_INDENT: 'a tab as indentation',
  TAG_RESOLVE_FAILED: 'a tag',
};

function createLineOf(document: Document, lines: LineCounter): LineOf {
  return (path) => {
    let node: unknown = document.contents;
    let at = 0;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
        if (!pair) break;
        if (isNode(pair.key)) at = pair.key.range?.[0] ?? at;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(part)];
        if (isNode(node)) at = node.range?.[0] ?? at;
      } else break;
    }
    return lines.linePos(at).line;
  };
}

/** Reads one document of YAML or JSON, or reports its errors with the `name` of the source. */
export function readYaml(text: string, name: string): ReadYaml {
  const lines = new LineCounter();
  // JSON is YAML; a duplicate key is an error in both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos: [at] }) => {
    const { line, col } = lines.linePos(at);
    const seen = `line ${line}, column ${col}: ${WORDS[code] ?? message}`;
    return { name, seen, wanted: 'YAML or JSON' };
  });
  if (faults.length > 0) return { ok: false, faults };
  try {
    const tree: unknown = document.toJS();
    // Throws for an alias inside of its own target.
    JSON.stringify(tree);
    return { ok: true, tree, lineOf: createLineOf(document, lines) };
  } catch {
    const seen = 'an alias of nothing or of itself, or too many aliases';
    return { ok: false, faults: [{ name, seen, wanted: 'entries written out' }] };
  }
}
