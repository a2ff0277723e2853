import { isReserved } from './reserved-paths.ts';

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  value: T | undefined;
}

/**
 * Path prefixes by segment, compared byte for byte. A lookup takes one step per segment, independent of the number of
 * prefixes.
 */
interface PathTrie<T> {
  /** `prefix` is without its `/*`; empty for `/*` itself. */
  set(prefix: string, value: T): void;
  /** The value of the longest prefix of a path: `/a` matches `/a/b` and `/a/`, not `/a`. */
  find(path: string): T | undefined;
}

function createPathTrie<T>(): PathTrie<T> {
  const toNode = (): Node<T> => ({ children: new Map(), value: undefined });
  const root = toNode();
  return {
    set(prefix, value) {
      let node = root;
      for (const segment of prefix === '' ? [] : prefix.slice(1).split('/')) {
        let child = node.children.get(segment);
        if (!child) node.children.set(segment, (child = toNode()));
        node = child;
      }
      node.value = value;
    },
    find(path) {
      let node: Node<T> | undefined = root;
      let found = root.value;
      let start = 1;
      for (;;) {
        const end = path.indexOf('/', start);
        // The last segment is the rest, never a prefix.
        if (end < 0) return found;
        node = node.children.get(path.slice(start, end));
        if (!node) return found;
        found = node.value ?? found;
        start = end + 1;
      }
    },
  };
}

/** The match of a path: its rows by method, and the values of its `{name}` segments. */
export interface Match<T> {
  readonly byMethod: ReadonlyMap<string, T>;
  readonly params: Readonly<Record<string, string>>;
}

export interface RouteTable<T> {
  find(path: string): Match<T> | undefined;
}

interface Pattern<T> {
  readonly segments: readonly string[];
  readonly byMethod: Map<string, T>;
}

const PREFIX_END = '/*';
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const isParam = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');

function matchPattern<T>(
  pattern: Pattern<T>,
  segments: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [i, wanted] of pattern.segments.entries()) {
    const given = segments[i] ?? '';
    if (isParam(wanted)) {
      if (given === '') return undefined;
      params[wanted.slice(1, -1)] = decodeURIComponent(given);
    } else if (wanted !== given) return undefined;
  }
  return params;
}

/**
 * Finds rows by path, byte for byte: exact paths by one lookup, then patterns with `{name}` segments (same length and first
 * segment), then the longest prefix (`/*`). The first match counts, whatever its methods. The request target must be
 * validated before.
 * @throws Error at start if two rows have the same method and path
 */
export function createRouteTable<T extends { readonly method: string; readonly path: string }>(
  rows: readonly T[],
): RouteTable<T> {
  const exact = new Map<string, Match<T>>();
  const patterns = new Map<string, Pattern<T>[]>();
  const prefixes = createPathTrie<Match<T>>();
  const claimed = new Map<string, Map<string, T>>();
  for (const row of rows) {
    const byMethod = claimed.get(row.path) ?? new Map<string, T>();
    if (byMethod.has(row.method)) throw new Error(`two rows claim ${row.method} ${row.path}`);
    byMethod.set(row.method, row);
    if (claimed.has(row.path)) continue;
    claimed.set(row.path, byMethod);
    const match = { byMethod, params: NO_PARAMS };
    if (row.path.endsWith(PREFIX_END)) prefixes.set(row.path.slice(0, -PREFIX_END.length), match);
    else if (!row.path.includes('{')) exact.set(row.path, match);
    else {
      const segments = row.path.split('/');
      const key = `${segments.length} ${segments[1]}`;
      patterns.set(key, [...(patterns.get(key) ?? []), { segments, byMethod }]);
    }
  }

  function findPattern(path: string): Match<T> | undefined {
    const segments = path.split('/');
    for (const pattern of patterns.get(`${segments.length} ${segments[1]}`) ?? []) {
      const params = matchPattern(pattern, segments);
      if (params) return { byMethod: pattern.byMethod, params };
    }
    return undefined;
  }

  function findPrefix(path: string): Match<T> | undefined {
    const match = prefixes.find(path);
    // A wide prefix such as `/*` does not include reserved paths.
    return match && !isReserved(path) ? match : undefined;
  }

  return {
    find: (path) =>
      exact.get(path) ?? (patterns.size > 0 ? findPattern(path) : undefined) ?? findPrefix(path),
  };
}
