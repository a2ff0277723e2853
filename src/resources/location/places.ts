import { KINDS } from './gazetteer-format.ts';

/** What a place is: the embedded engine knows the first four. */
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
  /** ISO 3166-1 alpha-2, upper case: places of these only. */
  readonly countries?: readonly string[] | undefined;
  /** Places within only. */
  readonly box?: Box | undefined;
  /** Places near it come first. */
  readonly focus?: Point | undefined;
  /** BCP 47: the language of labels, as far as it is known. */
  readonly language?: string | undefined;
  /** The last word of the text is not finished yet. */
  readonly autocomplete?: boolean | undefined;
}

export interface NearbyQuery extends Point {
  readonly limit: number;
  readonly language?: string | undefined;
}

/**
 * How a place answers the query: its very name, the beginning of its name, nearly its name, or only a part of the
 * query (the town of a street address).
 */
export type MatchType = 'exact' | 'prefix' | 'fuzzy' | 'fallback';

export interface Place extends Point {
  readonly id: string;
  readonly name: string;
  /** Name, region and country, to be read by people. */
  readonly label: string;
  readonly layer: Layer;
  readonly countryCode: string;
  readonly region?: string | undefined;
  readonly population?: number | undefined;
  /** `centroid` of the place; `estimate`: the centre of an area's population; `point`: an address or a venue itself. */
  readonly accuracy: 'centroid' | 'estimate' | 'point';
  /** From 0 to 1: how probably it is what was meant. */
  readonly confidence: number;
}

export interface FoundPlace extends Place {
  readonly matchType: MatchType;
}

export interface NearbyPlace extends Place {
  readonly distanceM: number;
}

/** An engine's answer. It names the engine that gave it, the age of its data and whom to credit. */
export interface PlaceResults<P extends Place> {
  readonly engine: string;
  /** `YYYY-MM-DD`, where it is known. */
  readonly dataDate?: string | undefined;
  readonly attribution: string;
  /** Sentences for the client: what of the query was not used, what the answer is not. */
  readonly warnings: readonly string[];
  /** The best first. */
  readonly places: readonly P[];
}

/** Finds places by name, and by where they are. */
export interface Geocoder {
  find(query: PlaceQuery): Promise<PlaceResults<FoundPlace>>;
  /** Places within 50 km, the nearest first. */
  nearby(query: NearbyQuery): Promise<PlaceResults<NearbyPlace>>;
}
