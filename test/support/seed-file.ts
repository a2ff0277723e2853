import path from 'node:path';
import { makeFolder } from './folder.ts';

/** Writes a seed that the embedded tenant applies on top of its built-in one; returns the path of the file. */
export const writeSeedFile = (seed: object): string =>
  path.join(makeFolder({ 'seed.json': JSON.stringify(seed) }), 'seed.json');
