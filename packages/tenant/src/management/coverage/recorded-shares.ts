/**
 * For each operation: how many recorded requests get a response of the same status and shape, and the number of
 * requests.
 */
export type RecordedShares = Readonly<Record<string, readonly [alike: number, all: number]>>;

interface Result {
  /** Such as `GET /api/v2/clients/{id}`. */
  readonly template: string;
  readonly status: number;
  readonly recorded: number;
  readonly verdict: string;
}

/** Differences that do not break a client: more members than recorded, and members of some answers only. */
const ALIKE = new Set(['same', 'extra key', 'incidental key']);

/** Sums the results of a replay by operation of the Management API. */
export function recordedShares(results: readonly Result[]): RecordedShares {
  const ofManagement = results.filter(({ template }) => template.includes(' /api/v2/'));
  const groups = Map.groupBy(ofManagement, ({ template }) =>
    template.replace(' /api/v2', ' ').replaceAll(/\{\w+\}/g, '*'),
  );
  return Object.fromEntries(
    [...groups]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, list]) => [
        key,
        [
          list.filter(({ status, recorded, verdict }) => status === recorded && ALIKE.has(verdict)).length,
          list.length,
        ],
      ]),
  );
}
