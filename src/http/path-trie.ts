interface Node<T> {
  readonly children: Map<string, Node<T>>;
  value: T | undefined;
}

/**
 * Prefixes of paths, segment by segment, byte for byte: a look-up costs as many steps as the path has segments,
 * however many prefixes there are.
 */
export interface PathTrie<T> {
  /** `prefix` is without its `/*`; empty for `/*` itself. */
  set(prefix: string, value: T): void;
  /** The value of the longest prefix below which the path lies: `/a` holds `/a/b` and `/a/`, not `/a`. */
  find(path: string): T | undefined;
}

export function createPathTrie<T>(): PathTrie<T> {
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
        // What follows the last slash is the rest, never a prefix.
        if (end < 0) return found;
        node = node.children.get(path.slice(start, end));
        if (!node) return found;
        found = node.value ?? found;
        start = end + 1;
      }
    },
  };
}
