import { open } from 'node:fs/promises';
import {
  type ColumnName,
  type Columns,
  columnTypes,
  formatVersion,
  type GazetteerHeader,
  magic,
  preambleBytes,
} from './gazetteer-format.ts';

/** The gazetteer in memory: columns outside the heap, and the small header. */
export interface Gazetteer extends GazetteerHeader {
  readonly column: Columns;
}

/** Why a gazetteer cannot be used. An operator's mistake, never a caller's. */
export class GazetteerError extends Error {
  override readonly name = 'GazetteerError';

  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`${file} ${fault}; build it with: node scripts/build-gazetteer.ts`, options);
  }
}

/** Reads the file in one piece and lays the columns over it; nothing is decoded. Throws `GazetteerError`. */
export async function readGazetteer(file: string): Promise<Gazetteer> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw new GazetteerError(file, 'cannot be opened', { cause });
  }
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    let read = 0;
    while (read < size) {
      const { bytesRead } = await handle.read(bytes, read, size - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return parseGazetteer(bytes.subarray(0, read), file);
  } finally {
    await handle.close();
  }
}

function parseHeader(bytes: Uint8Array, file: string): GazetteerHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < preambleBytes || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== magic) {
    throw new GazetteerError(file, 'is not a gazetteer');
  }
  const version = view.getUint32(8, true);
  if (version !== formatVersion) {
    throw new GazetteerError(file, `has format ${version}, and this version reads format ${formatVersion}`);
  }
  const headerEnd = preambleBytes + view.getUint32(12, true);
  if (headerEnd > bytes.length) throw new GazetteerError(file, 'is cut short');
  // Written by our generator, and guarded by the format version.
  return JSON.parse(
    Buffer.from(bytes.subarray(preambleBytes, headerEnd)).toString('utf8'),
  ) as GazetteerHeader;
}

/** Lays the columns over the bytes of a whole file. Throws `GazetteerError`. */
export function parseGazetteer(bytes: Uint8Array<ArrayBuffer>, file: string): Gazetteer {
  const header = parseHeader(bytes, file);
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(16, true) !== bytes.length) {
    throw new GazetteerError(file, 'is cut short');
  }
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw new GazetteerError(file, 'is little endian and this machine is not');
  }
  const column = Object.fromEntries(
    Object.entries(columnTypes).map(([name, Type]) => {
      const [offset, length] = header.columns[name as ColumnName];
      return [name, new Type(bytes.buffer, bytes.byteOffset + offset, length / Type.BYTES_PER_ELEMENT)];
    }),
    // The entries are exactly those of `columnTypes`.
  ) as unknown as Columns;
  return { ...header, column };
}
