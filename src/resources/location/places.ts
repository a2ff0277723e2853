import { KINDS } from './gazetteer-format.ts';

/** The kinds of places; the embedded engine has the first four. */
export const LAYERS = [...KINDS, 'county', 'street', 'address', 'venue'] as const;
export type Layer = (typeof LAYERS)[number];

/** Degrees, WGS 84. */
export interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** May cross the antimeridian: then `minLng` is greater than `maxLng` (RFC 7946 §5.2). */
export interface Box {
  readonly minLng: number;
  readonly minLat: number;
  readonly maxLng: number;
  readonly maxLat: number;
}

export interface PlaceQuery {
  readonly text: string;
  readonly limit: number;
  /** ISO 3166-1 alpha-2, upper case; only places in these countries. */
  readonly countries?: readonly string[] | undefined;
  /** Only places in this box. */
  readonly box?: Box | undefined;
  /** Places near it come first. */
  readonly focus?: Point | undefined;
  /** BCP 47: the language of labels, if names in it are known. */
  readonly language?: string | undefined;
  /** Whether the last word of the text is incomplete. */
  readonly autocomplete?: boolean | undefined;
}

export interface NearbyQuery extends Point {
  readonly limit: number;
  readonly language?: string | undefined;
}

/**
 * How a place matches the query: its exact name, a prefix of its name, a similar name, or only a part of the query (the
 * town of a street address).
 */
export type MatchType = 'exact' | 'prefix' | 'fuzzy' | 'fallback';

export interface Place extends Point {
  readonly id: string;
  readonly name: string;
  /** Name, region and country, for users. */
  readonly label: string;
  readonly layer: Layer;
  readonly countryCode: string;
  readonly region?: string | undefined;
  readonly population?: number | undefined;
  /** `centroid` of the place; `estimate`: the centre of an area's population; `point`: an address or a venue itself. */
  readonly accuracy: 'centroid' | 'estimate' | 'point';
  /** From 0 to 1: the probability that it is the intended place. */
  readonly confidence: number;
}

export interface FoundPlace extends Place {
  readonly matchType: MatchType;
}

export interface NearbyPlace extends Place {
  readonly distanceM: number;
}

/** The results of an engine, with the engine's name, the date of its data and the attribution. */
export interface PlaceResults<P extends Place> {
  readonly engine: string;
  /** `YYYY-MM-DD`, if it is known. */
  readonly dataDate?: string | undefined;
  readonly attribution: string;
  /** Warnings for the client: unused parts of the query, limitations of the results. */
  readonly warnings: readonly string[];
  /** The best first. */
  readonly places: readonly P[];
}

/** Finds places by name and by position. */
export interface Geocoder {
  find(query: PlaceQuery): Promise<PlaceResults<FoundPlace>>;
  /** Places within 50 km, nearest first. */
  nearby(query: NearbyQuery): Promise<PlaceResults<NearbyPlace>>;
}
