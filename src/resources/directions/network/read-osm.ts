import { type FileHandle, open } from 'node:fs/promises';
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { PbfReader } from 'pbf';

/** Limits of the format: https://wiki.openstreetmap.org/wiki/PBF_Format#File_format */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_BLOB_BYTES = 32 * 1024 * 1024;
const SUPPORTED = new Set(['OsmSchema-V0.6', 'DenseNodes']);
const NANO = 1e-9;

/** Why a file cannot be read as OpenStreetMap data. */
export class OsmFileError extends Error {
  override readonly name = 'OsmFileError';

  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`${file} ${fault}`, options);
  }
}

export interface OsmWay {
  readonly tags: ReadonlyMap<string, string>;
  /** The ids of its nodes, in order. */
  readonly refs: readonly number[];
}

/** The handlers of a file's content; content without a handler is not decoded. */
export interface OsmVisitor {
  /** Degrees. */
  readonly node?: (id: number, lat: number, lng: number) => void;
  readonly way?: (way: OsmWay) => void;
}

/**
 * Reads a `.osm.pbf` file blob by blob, with at most one blob of up to 32 MB in memory.
 * @throws OsmFileError if the file is invalid or incomplete
 */
export async function readOsm(file: string, visitor: OsmVisitor): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw new OsmFileError(file, 'cannot be opened', { cause });
  }
  try {
    for (let at = 0; ; ) {
      const blob = await readBlob(handle, at);
      if (!blob) return;
      if (blob.type === 'OSMHeader') requireSupported(blob.bytes);
      else if (blob.type === 'OSMData') visitBlock(blob.bytes, visitor);
      at = blob.end;
    }
  } catch (cause) {
    throw new OsmFileError(file, `is not a valid .osm.pbf file: ${(cause as Error).message}`, { cause });
  } finally {
    await handle.close();
  }
}

interface Blob {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly end: number;
}

async function readBlob(handle: FileHandle, at: number): Promise<Blob | undefined> {
  const prefix = await readExactly(handle, at, 4);
  if (prefix.length === 0) return undefined;
  const headerLength = prefix.readUInt32BE();
  if (headerLength > MAX_HEADER_BYTES) throw new Error('a blob header is too long');
  const head = { type: '', size: 0 };
  new PbfReader(await readExactly(handle, at + 4, headerLength)).readFields((tag, result, pbf) => {
    if (tag === 1) result.type = pbf.readString();
    else if (tag === 3) result.size = pbf.readVarint();
  }, head);
  if (head.size > MAX_BLOB_BYTES) throw new Error('a blob is too long');
  const start = at + 4 + headerLength;
  const packed = await readExactly(handle, start, head.size);
  return { type: head.type, bytes: unpack(packed), end: start + head.size };
}

/** Reads all of these bytes, or none at the end of the file. */
async function readExactly(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  if (read < length && !(read === 0 && length === 4)) throw new Error('it is incomplete');
  return bytes.subarray(0, read);
}

function unpack(packed: Buffer): Uint8Array {
  const found: { bytes?: Uint8Array } = {};
  new PbfReader(packed).readFields((tag, result, pbf) => {
    if (tag === 1) result.bytes = pbf.readBytes();
    else if (tag === 3) result.bytes = inflateSync(pbf.readBytes(), { maxOutputLength: MAX_BLOB_BYTES });
    else if (tag === 7)
      result.bytes = zstdDecompressSync(pbf.readBytes(), { maxOutputLength: MAX_BLOB_BYTES });
  }, found);
  if (!found.bytes) throw new Error('a blob is compressed with neither zlib nor zstd');
  return found.bytes;
}

function requireSupported(bytes: Uint8Array): void {
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag !== 4) return;
    const feature = pbf.readString();
    if (!SUPPORTED.has(feature)) throw new Error(`it needs the feature ${feature}`);
  }, undefined);
}

interface Block {
  readonly texts: Uint8Array[];
  readonly groups: Uint8Array[];
  granularity: number;
  latOffset: number;
  lngOffset: number;
}

/** The fields of a block follow its groups, so the groups are read afterwards. */
function visitBlock(bytes: Uint8Array, visitor: OsmVisitor): void {
  const block: Block = { texts: [], groups: [], granularity: 100, latOffset: 0, lngOffset: 0 };
  new PbfReader(bytes).readFields((tag, result, pbf) => {
    if (tag === 1)
      pbf.readMessage((inner, texts, table) => {
        if (inner === 1) texts.push(table.readBytes());
      }, result.texts);
    else if (tag === 2) result.groups.push(pbf.readBytes());
    else if (tag === 17) result.granularity = pbf.readVarint();
    else if (tag === 19) result.latOffset = pbf.readVarint(true);
    else if (tag === 20) result.lngOffset = pbf.readVarint(true);
  }, block);
  for (const group of block.groups)
    new PbfReader(group).readFields((tag, _, pbf) => {
      if (tag === 1 && visitor.node) visitNode(pbf, block, visitor.node);
      else if (tag === 2 && visitor.node) visitDenseNodes(pbf, block, visitor.node);
      else if (tag === 3 && visitor.way) visitWay(pbf, block, visitor.way);
    }, undefined);
}

function visitNode(pbf: PbfReader, block: Block, visit: NonNullable<OsmVisitor['node']>): void {
  const node = { id: 0, lat: 0, lng: 0 };
  pbf.readMessage((tag, result, inner) => {
    if (tag === 1) result.id = inner.readSVarint();
    else if (tag === 8) result.lat = inner.readSVarint();
    else if (tag === 9) result.lng = inner.readSVarint();
  }, node);
  visit(node.id, toDegrees(block, block.latOffset, node.lat), toDegrees(block, block.lngOffset, node.lng));
}

function visitDenseNodes(pbf: PbfReader, block: Block, visit: NonNullable<OsmVisitor['node']>): void {
  const dense = { ids: [] as number[], lats: [] as number[], lngs: [] as number[] };
  pbf.readMessage((tag, result, inner) => {
    if (tag === 1) inner.readPackedSVarint(result.ids);
    else if (tag === 8) inner.readPackedSVarint(result.lats);
    else if (tag === 9) inner.readPackedSVarint(result.lngs);
  }, dense);
  let [id, lat, lng] = [0, 0, 0];
  for (const [n, delta] of dense.ids.entries()) {
    id += delta;
    lat += dense.lats[n] ?? Number.NaN;
    lng += dense.lngs[n] ?? Number.NaN;
    visit(id, toDegrees(block, block.latOffset, lat), toDegrees(block, block.lngOffset, lng));
  }
}

const toDegrees = ({ granularity }: Block, offset: number, value: number): number =>
  NANO * (offset + granularity * value);

function visitWay(pbf: PbfReader, { texts }: Block, visit: NonNullable<OsmVisitor['way']>): void {
  const way = { keys: [] as number[], values: [] as number[], refs: [] as number[] };
  pbf.readMessage((tag, result, inner) => {
    if (tag === 2) inner.readPackedVarint(result.keys);
    else if (tag === 3) inner.readPackedVarint(result.values);
    else if (tag === 8) inner.readPackedSVarint(result.refs);
  }, way);
  const tags = new Map(way.keys.map((key, n) => [toText(texts[key]), toText(texts[way.values[n] ?? 0])]));
  let id = 0;
  visit({ tags, refs: way.refs.map((delta) => (id += delta)) });
}

const toText = (bytes: Uint8Array | undefined): string =>
  bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : '';
