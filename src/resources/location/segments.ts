import { foldText } from './fold.ts';

/** Folded words. */
export type Words = readonly string[];

/** A query split at its commas, and the parts beyond the limits. */
export interface Segments {
  readonly segments: readonly Words[];
  readonly left: readonly string[];
}

/** Maximum number of segments. The last ones are used, because a town is near the end of an address. */
const MAX_SEGMENTS = 6;
const MAX_WORDS = 16;

/** Folds a query segment by segment. `isKey`: whether a folded text is a known name or code. */
export function toSegments(text: string, isKey: (text: string) => boolean): Segments {
  const all = text
    .split(/[,;|\n、，；]/)
    .map((segment) => foldText(segment).split(' '))
    .filter(([first]) => first !== '');
  const near = all.slice(-MAX_SEGMENTS);
  const left = [
    ...all.slice(0, -MAX_SEGMENTS).flat(),
    ...near.flatMap((words) => words.slice(0, -MAX_WORDS)),
  ];
  const segments = near.map((words) => words.slice(-MAX_WORDS).flatMap((word) => splitHan(word, isKey)));
  return { segments, left: left.length > 0 ? [left.join(' ')] : [] };
}

const HAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{3,40}$/u;
const LONGEST_HAN_NAME = 8;

/**
 * Chinese and Japanese write addresses in one word and begin with the largest area: `中国北京` becomes the words
 * `北京` and `中国`, in the order of other languages.
 */
export function splitHan(word: string, isKey: (text: string) => boolean): Words {
  if (!HAN.test(word) || isKey(word)) return [word];
  const parts: string[] = [];
  let unknown = '';
  let at = 0;
  while (at < word.length) {
    let end = Math.min(word.length, at + LONGEST_HAN_NAME);
    while (end > at + 1 && !isKey(word.slice(at, end))) end--;
    if (end > at + 1) {
      parts.push(...[unknown, word.slice(at, end)].filter(Boolean));
      unknown = '';
    } else {
      unknown += word.slice(at, end);
    }
    at = end;
  }
  return [...parts, unknown].filter(Boolean).toReversed();
}
