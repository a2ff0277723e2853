import { toBearing } from '../../location/geometry.ts';
import type { Point } from '../../location/places.ts';
import { type Step, toWind } from '../directions.ts';
import type { Stretch } from './find-way.ts';

/** Below this angle in degrees a road continues straight. */
const STRAIGHT = 30;
const SHARP = 120;
const AROUND = 160;

interface Move {
  readonly name: string;
  /** Bearings in degrees at the start and the end of a move. */
  readonly begins: number;
  ends: number;
  metres: number;
  seconds: number;
}

/** One step for each road of the same name in a row. */
export function toSteps(start: Point, stretches: readonly Stretch[], leg: number): Step[] {
  const moves: Move[] = [];
  let at = start;
  for (const { to, name, metres, seconds } of stretches) {
    const bearing = toBearing(at, to);
    const last = moves.at(-1);
    if (last?.name === name) {
      last.ends = bearing;
      last.metres += metres;
      last.seconds += seconds;
    } else {
      moves.push({ name, begins: bearing, ends: bearing, metres, seconds });
    }
    at = to;
  }
  return moves.map(({ name, begins, metres, seconds }, n) => ({
    instruction: toInstruction(name, begins, moves[n - 1]?.ends),
    name: name || undefined,
    leg,
    distanceM: metres,
    durationS: seconds,
  }));
}

function toInstruction(name: string, begins: number, before: number | undefined): string {
  if (before === undefined) return `Head ${toWind(begins)}${name && ` on ${name}`}`;
  const turn = ((begins - before + 540) % 360) - 180;
  const angle = Math.abs(turn);
  if (angle < STRAIGHT) return `Continue${name && ` on ${name}`}`;
  if (angle > AROUND) return `Turn around${name && ` onto ${name}`}`;
  return `Turn ${angle > SHARP ? 'sharp ' : ''}${turn < 0 ? 'left' : 'right'}${name && ` onto ${name}`}`;
}
