import { readFile } from 'node:fs/promises';
import { TransferError } from '../tenant/transfer/transfer-error.ts';

/** Throws `TransferError` where the file cannot be read or is no JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TransferError([`${file}: cannot be read (${error.code ?? 'for no known reason'})`]);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new TransferError([`${file}: not JSON`]);
  }
}
