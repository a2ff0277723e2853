import { toVisible } from './mask.ts';
import { isVariableName, variableNames } from './variables.ts';

/** Something that is set and will have no effect; the message is a whole sentence. Safe to show. */
export interface ConfigWarning {
  readonly name: string;
  readonly message: string;
}

/** Least number of letters to insert, delete or replace to turn one word into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

const isKnown = (name: string): boolean => isVariableName(name) || isVariableName(name.replace(/_FILE$/, ''));

const isOurs = (name: string): boolean =>
  /^(GATEHOUSE|AUTH0)_/.test(name) && !name.startsWith('AUTH0_CONTRACT_');

function nearestTo(name: string): string {
  const word = name.slice(0, 100);
  const bare = word.replace(/^GATEHOUSE_/, '');
  const distances = variableNames.map((known) => ({
    known,
    distance: Math.min(editDistance(word, known), editDistance(bare, known)),
  }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).known;
}

/** Warns of set variables that look like ours and are not, with the known name that is nearest. */
export const toUnknownWarnings = (names: readonly string[]): ConfigWarning[] =>
  names
    .filter((name) => isOurs(name) && !isKnown(name))
    .toSorted()
    .map((name) => {
      const shown = toVisible(name);
      return { name: shown, message: `${shown} is not known; the nearest known name is ${nearestTo(name)}` };
    });
