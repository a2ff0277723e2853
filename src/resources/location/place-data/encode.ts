import {
  ALIGNMENT,
  COLUMN_TYPES,
  type ColumnName,
  type Columns,
  FORMAT_VERSION,
  type GazetteerHeader,
  MAGIC,
  PREAMBLE_BYTES,
} from '../gazetteer-format.ts';

/** The bytes of the file: preamble, header, columns. */
export function encode(head: Omit<GazetteerHeader, 'columns'>, column: Columns): Uint8Array {
  const names = Object.keys(COLUMN_TYPES) as ColumnName[];
  const place = (start: number): GazetteerHeader['columns'] => {
    let end = start;
    return Object.fromEntries(
      names.map((name) => {
        const at = align(end);
        end = at + column[name].byteLength;
        return [name, [at, column[name].byteLength]];
      }),
      // The entries are those of `names`.
    ) as unknown as GazetteerHeader['columns'];
  };
  // The header contains offsets that depend on its own length, so space is reserved for the longest possible ones.
  const draft = JSON.stringify({ ...head, columns: place(0xffff_ffff) });
  const start = align(PREAMBLE_BYTES + Buffer.byteLength(draft));
  const columns = place(start);
  const total = Math.max(...Object.values(columns).map(([offset, length]) => align(offset + length)));

  const bytes = Buffer.alloc(total);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(start - PREAMBLE_BYTES, 12);
  bytes.writeUInt32LE(total, 16);
  bytes.fill(' ', PREAMBLE_BYTES, start);
  bytes.write(JSON.stringify({ ...head, columns } satisfies GazetteerHeader), PREAMBLE_BYTES);
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = column[name];
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), columns[name][0]);
  }
  return bytes;
}

const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
