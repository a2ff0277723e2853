import type { Layer } from '../../src/resources/location/gazetteer-format.ts';

/** What becomes one record of the gazetteer: a place, a region or a country. */
export interface GazetteerRecord {
  readonly layer: Layer;
  readonly name: string;
  readonly lat: number;
  readonly lng: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** GeoNames code such as `US.WA`; empty: none. */
  readonly region: string;
  /** GeoNames code such as `US.WA.033`; empty: none. */
  readonly county: string;
  /** 0: unknown, and for areas. */
  readonly population: number;
  /** 0: unknown. */
  readonly geonamesId: number;
  /** About the decimal logarithm of the population; what stands first where names are equal. */
  importance: number;
  /** Where it can be found, as keys of `toNameKey`. */
  readonly keys: Set<string>;
  /** Likewise, by its exonyms and former names. */
  readonly foreignKeys: Set<string>;
  /** Folded codes that mean it in the context of a name (`wa`). */
  readonly codes: Set<string>;
  /** Its name by language. */
  readonly localNames: Map<string, string>;
}

/** Towns of unknown population weigh as much as a village. */
const UNKNOWN_POPULATION = 300;

export const weightOf = (population: number): number => Math.max(population, UNKNOWN_POPULATION);
