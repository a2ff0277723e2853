import type { OsmNode, OsmWay } from './osm-file.ts';

/**
 * A town on the equator, where a thousandth of a degree is 111 m both ways: streets in a grid of 5 × 5 crossings, named
 * `Row 0` … `Row 4` from south to north and `Column 0` … `Column 4` from west to east.
 *
 * `Row 2` is one-way to the east, `Row 3` one-way to the west by `oneway=-1`. `Column 4` is a footway. A motorway leads
 * 1 km east from the crossing of `Row 0` and `Column 4`, one-way, and ends there. A road 5 km to the north stands alone.
 */
export const STEP = 0.001;
const SIZE = 5;

export const crossing = (row: number, column: number) => ({ lat: row * STEP, lng: column * STEP });
export const toText = ({ lat, lng }: { lat: number; lng: number }): string =>
  `${lng.toFixed(5)},${lat.toFixed(5)}`;

/** Ids beyond 32 bits, as OpenStreetMap has them. */
const FIRST_ID = 9_000_000_000;
const idOf = (row: number, column: number): number => FIRST_ID + row * SIZE + column;
const [MOTORWAY_END, ISLAND_WEST, ISLAND_EAST, NOWHERE] = [100, 101, 102, 103].map((n) => FIRST_ID + n) as [
  number,
  number,
  number,
  number,
];
const range = [...Array(SIZE).keys()];

const rowTags: Readonly<Record<number, Record<string, string>>> = {
  2: { oneway: 'yes' },
  3: { oneway: '-1' },
};

export function toTown(): { nodes: OsmNode[]; ways: OsmWay[] } {
  const nodes = range.flatMap((row) =>
    range.map((column) => ({ id: idOf(row, column), ...crossing(row, column) })),
  );
  nodes.push(
    { id: MOTORWAY_END, lat: 0, lng: 4 * STEP + 0.009 },
    { id: ISLAND_WEST, lat: 0.05, lng: 0 },
    { id: ISLAND_EAST, lat: 0.05, lng: STEP },
  );
  const ways = [
    ...range.map((row) => ({
      id: row + 1,
      refs: range.map((column) => idOf(row, column)),
      tags: { highway: 'residential', name: `Row ${row}`, ...rowTags[row] },
    })),
    ...range.map((column) => ({
      id: column + 11,
      refs: range.map((row) => idOf(row, column)),
      tags: { highway: column === 4 ? 'footway' : 'residential', name: `Column ${column}` },
    })),
    { id: 21, refs: [idOf(0, 4), MOTORWAY_END], tags: { highway: 'motorway', ref: 'M 1' } },
    { id: 22, refs: [ISLAND_WEST, ISLAND_EAST], tags: { highway: 'residential', name: 'Island Road' } },
    // A way that leaves the extract, and ways that are not roads.
    { id: 23, refs: [idOf(4, 0), NOWHERE], tags: { highway: 'residential', name: 'Border Road' } },
    { id: 24, refs: [idOf(0, 0), idOf(4, 4)], tags: { building: 'yes' } },
    {
      id: 25,
      refs: [idOf(0, 0), idOf(4, 4)],
      tags: { highway: 'residential', access: 'private', foot: 'no' },
    },
  ];
  return { nodes, ways };
}
