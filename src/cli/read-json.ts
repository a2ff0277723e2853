import { readFile } from 'node:fs/promises';
import { isTooDeep } from '../../packages/tenant/src/lib/nesting.ts';
import { TransferError } from '../../packages/tenant/src/transfer/transfer-error.ts';

/** Throws `TransferError` where the file cannot be read, is no JSON or nests too deeply. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TransferError([`${file}: cannot be read (${error.code ?? 'for no known reason'})`]);
  });
  const parsed = parseJson(text, file);
  if (isTooDeep(parsed)) throw new TransferError([`${file}: nested too deeply`]);
  return parsed;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TransferError([`${file}: not JSON`]);
  }
}
