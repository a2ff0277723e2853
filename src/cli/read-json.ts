import { readFile } from 'node:fs/promises';
import { type JsonFault, parseStrictJson } from '../lib/strict-json.ts';

/** An input file cannot be used. The message says why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const MAX_DEPTH = 100;

const FAULTS: Readonly<Record<JsonFault, string>> = {
  too_deep: 'nested too deeply',
  no_json: 'not JSON',
  repeated_member: 'an object has two members of the same name',
};

/** Throws `InputError` if the file cannot be read, is not JSON, is nested too deeply or has a duplicate member. */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: cannot be read (${error.code ?? 'unknown error'})`);
  });
  const read = parseStrictJson(bytes, MAX_DEPTH);
  if (read.fault) throw new InputError(`${file}: ${FAULTS[read.fault]}`);
  return read.value;
}
