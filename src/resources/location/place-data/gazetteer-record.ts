import type { Layer } from '../gazetteer-format.ts';

/** A place as the sources know it. */
export interface Place {
  readonly name: string;
  readonly folded: string;
  readonly lat: number;
  readonly lng: number;
  readonly country: string;
  readonly admin1: string;
  readonly admin2: string;
  /** Exonyms and other names. */
  readonly otherNames: string[];
  population: number;
  /** 0: unknown. */
  geonamesId: number;
  /** GeoNames feature code; empty: unknown. */
  feature: string;
}

/** A first or second order division: `{ code: 'US.WA', name: 'Washington' }`. */
export interface Division {
  readonly code: string;
  readonly name: string;
}

/** One record of the gazetteer: a place, a region or a country. */
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
  /** About the decimal logarithm of the population. It ranks records of the same name. */
  importance: number;
  /** The names under which it is found, as keys of `toNameKey`. */
  readonly keys: Set<string>;
  /** The same for exonyms and former names. */
  readonly foreignKeys: Set<string>;
  /** Folded codes that mean it in the context of a name (`wa`). */
  readonly codes: Set<string>;
  /** Its name by language. */
  readonly localNames: Map<string, string>;
}

/** Used where the population is unknown: that of a village. */
const UNKNOWN_POPULATION = 300;

export const weightOf = (population: number): number => Math.max(population, UNKNOWN_POPULATION);
