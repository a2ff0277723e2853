import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { PbfWriter } from 'pbf';

export interface OsmNode {
  readonly id: number;
  readonly lat: number;
  readonly lng: number;
}

export interface OsmWay {
  readonly id: number;
  readonly refs: readonly number[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Coordinates are written in units of 100 nanodegrees, the format's default. */
const UNITS = 1e7;
const BLOCK = 8000;

const toBytes = (write: (pbf: PbfWriter) => void): Uint8Array => {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
};

function toBlob(type: string, content: Uint8Array): Buffer {
  const blob = toBytes((pbf) => {
    pbf.writeVarintField(2, content.length);
    pbf.writeBytesField(3, deflateSync(content));
  });
  const head = toBytes((pbf) => {
    pbf.writeStringField(1, type);
    pbf.writeVarintField(3, blob.length);
  });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, blob]);
}

const toDeltas = (values: readonly number[]): number[] =>
  values.map((value, n) => value - (values[n - 1] ?? 0));

const toNodeBlock = (nodes: readonly OsmNode[]): Uint8Array =>
  toBytes((pbf) => {
    pbf.writeMessage(1, (_, table) => table.writeStringField(1, ''), undefined);
    pbf.writeMessage(
      2,
      (_, group) =>
        group.writeMessage(
          2,
          (_nodes, dense) => {
            dense.writePackedSVarint(1, toDeltas(nodes.map(({ id }) => id)));
            dense.writePackedSVarint(8, toDeltas(nodes.map(({ lat }) => Math.round(lat * UNITS))));
            dense.writePackedSVarint(9, toDeltas(nodes.map(({ lng }) => Math.round(lng * UNITS))));
          },
          undefined,
        ),
      undefined,
    );
    pbf.writeVarintField(17, 100);
  });

function toWayBlock(ways: readonly OsmWay[]): Uint8Array {
  const texts = ['', ...new Set(ways.flatMap(({ tags }) => Object.entries(tags).flat()))];
  const numbers = new Map(texts.map((text, n) => [text, n]));
  const numberOf = (text: string): number => numbers.get(text) ?? 0;
  return toBytes((pbf) => {
    pbf.writeMessage(1, (_, table) => texts.forEach((text) => table.writeStringField(1, text)), undefined);
    pbf.writeMessage(
      2,
      (_, group) => {
        for (const way of ways)
          group.writeMessage(
            3,
            ({ id, tags, refs }, out) => {
              out.writeVarintField(1, id);
              out.writePackedVarint(2, Object.keys(tags).map(numberOf));
              out.writePackedVarint(3, Object.values(tags).map(numberOf));
              out.writePackedSVarint(8, toDeltas(refs));
            },
            way,
          );
      },
      undefined,
    );
  });
}

function* inBlocks<T>(items: Iterable<T>): Generator<T[]> {
  let block: T[] = [];
  for (const item of items) {
    block.push(item);
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

/** Writes an OpenStreetMap extract: a header, blocks of dense nodes, then blocks of ways, all deflated. */
export async function writeOsmFile(
  file: string,
  nodes: Iterable<OsmNode>,
  ways: Iterable<OsmWay>,
  features: readonly string[] = ['OsmSchema-V0.6', 'DenseNodes'],
): Promise<void> {
  const out = createWriteStream(file);
  const write = async (type: string, content: Uint8Array): Promise<void> => {
    if (!out.write(toBlob(type, content))) await once(out, 'drain');
  };
  await write(
    'OSMHeader',
    toBytes((pbf) => features.forEach((feature) => pbf.writeStringField(4, feature))),
  );
  for (const block of inBlocks(nodes)) await write('OSMData', toNodeBlock(block));
  for (const block of inBlocks(ways)) await write('OSMData', toWayBlock(block));
  out.end();
  await once(out, 'close');
}
