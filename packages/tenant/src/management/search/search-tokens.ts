/** A token of a search: a word, a quoted text, a range, or a symbol. */
export type SearchToken =
  | { readonly kind: 'word'; readonly text: string; readonly wildcard: boolean }
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'and' | 'or' | 'not' | 'open' | 'close' };

/** The bounds of a range; absent if unbounded. */
export interface Range {
  readonly from?: Bound;
  readonly to?: Bound;
}

export interface Bound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** A syntax error in a search, with a short message. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
}

type Rule = readonly [pattern: RegExp, toToken: (match: RegExpExecArray) => SearchToken | undefined];

const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1');
const bound = (value: string, inclusive: boolean): Bound | undefined =>
  value === '*' ? undefined : { value: value.replace(/^"(.*)"$/s, '$1'), inclusive };

function toRange(from: Bound | undefined, to: Bound | undefined): SearchToken {
  return { kind: 'range', range: { ...(from && { from }), ...(to && { to }) } };
}

const limit = String.raw`("[^"]*"|[^\s"\]}]+)`;
const wordCharacters = String.raw`(?:\\.|[^\s"()[\]{}:\\])`;

/** Tried in this order at each position. */
const RULES: readonly Rule[] = [
  [/\s+/y, () => undefined],
  [/\(/y, () => ({ kind: 'open' })],
  [/\)/y, () => ({ kind: 'close' })],
  [/(?:AND(?=[\s(]|$)|&&)/y, () => ({ kind: 'and' })],
  [/(?:OR(?=[\s(]|$)|\|\|)/y, () => ({ kind: 'or' })],
  [/(?:NOT(?=[\s(]|$)|[!-](?=\S))/y, () => ({ kind: 'not' })],
  [/((?:\\.|[\w.@|-])+):/y, ([, name = '']) => ({ kind: 'field', name: unescaped(name) })],
  [/"((?:\\.|[^"\\])*)"/sy, ([, text = '']) => ({ kind: 'quoted', text: unescaped(text) })],
  [
    new RegExp(String.raw`([[{])\s*${limit}\s+TO\s+${limit}\s*([\]}])`, 'y'),
    ([, open, from = '', to = '', close]) => toRange(bound(from, open === '['), bound(to, close === ']')),
  ],
  [/>(=?)([^\s()"]+)/y, ([, equal, value = '']) => toRange(bound(value, equal === '='), undefined)],
  [/<(=?)([^\s()"]+)/y, ([, equal, value = '']) => toRange(undefined, bound(value, equal === '='))],
  [
    new RegExp(`${wordCharacters}+`, 'y'),
    ([text]) => ({ kind: 'word', text: unescaped(text), wildcard: /(?<!\\)\*/.test(text) }),
  ],
];

/** Splits a search into tokens. Throws `SearchError` for an unexpected character. */
export function toSearchTokens(text: string): SearchToken[] {
  const tokens: SearchToken[] = [];
  let at = 0;
  while (at < text.length) {
    const [match, toToken] = matchAt(text, at);
    const token = toToken(match);
    if (token) tokens.push(token);
    at += match[0].length;
  }
  return tokens;
}

function matchAt(text: string, at: number): readonly [RegExpExecArray, Rule[1]] {
  for (const [pattern, toToken] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return [match, toToken];
  }
  throw new SearchError(`unexpected ${JSON.stringify(text[at])} at position ${at}`);
}
