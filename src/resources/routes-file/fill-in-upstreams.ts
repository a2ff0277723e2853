import type { LookUp } from '../../config/read-variables.ts';

const REFERENCE = /\$\{([^}]*)\}/g;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ADDRESS = /^https?:\/\//;

/** An upstream that is not replaced. */
export interface UnfilledUpstream {
  readonly path: readonly PropertyKey[];
  readonly wanted: string;
}

export interface FilledIn {
  readonly tree: unknown;
  readonly unfilled: readonly UnfilledUpstream[];
}

type Tree = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text with variables replaced, or the reason why not. Never shows the value of a variable that is not an address. */
function fillIn(text: string, lookUp: LookUp): { readonly value: string } | { readonly wanted: string } {
  const missing: string[] = [];
  const value = text.replaceAll(REFERENCE, (whole, name: string) => {
    const found = VARIABLE_NAME.test(name) ? lookUp(name) : undefined;
    if (found === undefined) missing.push(whole);
    return found ?? whole;
  });
  if (missing.length > 0)
    return { wanted: `variables that are set and hold no secret of the gateway: not ${missing.join(', ')}` };
  return ADDRESS.test(value) ? { value } : { wanted: 'variables that make an https or http origin' };
}

/** Replaces `${NAME}` in the upstreams of a routes file with the values of variables. The tree is not changed. */
export function fillInUpstreams(tree: unknown, lookUp: LookUp): FilledIn {
  const unfilled: UnfilledUpstream[] = [];

  function fillInRow(row: unknown, index: number): unknown {
    const upstream = isObject(row) ? row['upstream'] : undefined;
    if (!isObject(row) || typeof upstream !== 'string' || !upstream.includes('${')) return row;
    const filled = fillIn(upstream, lookUp);
    if ('value' in filled) return { ...row, upstream: filled.value };
    unfilled.push({ path: ['routes', index, 'upstream'], wanted: filled.wanted });
    return row;
  }

  if (!isObject(tree) || !Array.isArray(tree['routes'])) return { tree, unfilled };
  return { tree: { ...tree, routes: tree['routes'].map(fillInRow) }, unfilled };
}
