import { open } from 'node:fs/promises';
import {
  COLUMN_TYPES,
  type ColumnName,
  type Columns,
  FORMAT_VERSION,
  type GazetteerHeader,
  MAGIC,
  PREAMBLE_BYTES,
} from './gazetteer-format.ts';

/** The gazetteer in memory: columns outside the heap, and the small header. */
export interface Gazetteer extends GazetteerHeader {
  readonly column: Columns;
}

/** A gazetteer file is missing or invalid, which the operator must fix. */
export class GazetteerError extends Error {
  override readonly name = 'GazetteerError';

  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`${file} ${fault}; build it with: node scripts/build-gazetteer.ts`, options);
  }
}

/** Reads the complete file and maps the columns onto it, without decoding. Throws `GazetteerError`. */
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

/** Maps the columns onto the bytes of a complete file. Throws `GazetteerError`. */
export function parseGazetteer(bytes: Uint8Array<ArrayBuffer>, file: string): Gazetteer {
  const header = parseHeader(bytes, file);
  const toColumn = (name: ColumnName): [string, unknown] => {
    const Type = COLUMN_TYPES[name];
    const [offset, length] = header.columns[name] ?? [0, -1];
    if (length < 0 || offset + length > bytes.length) throw new GazetteerError(file, `has no column ${name}`);
    return [name, new Type(bytes.buffer, bytes.byteOffset + offset, length / Type.BYTES_PER_ELEMENT)];
  };
  const names = Object.keys(COLUMN_TYPES) as ColumnName[];
  // The entries are exactly those of `columnTypes`.
  return { ...header, column: Object.fromEntries(names.map(toColumn)) as Columns };
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>, file: string): GazetteerHeader {
  if (bytes.length < PREAMBLE_BYTES || toText(bytes.subarray(0, 8)) !== MAGIC) {
    throw new GazetteerError(file, 'is not a gazetteer');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) {
    throw new GazetteerError(file, `has format ${version}, and this version reads format ${FORMAT_VERSION}`);
  }
  if (view.getUint32(16, true) !== bytes.length) throw new GazetteerError(file, 'is incomplete');
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw new GazetteerError(file, 'is little-endian, and this machine is big-endian');
  }
  const json = toText(bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + view.getUint32(12, true)));
  // Written by our generator, and guarded by the format version.
  return JSON.parse(json) as GazetteerHeader;
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
