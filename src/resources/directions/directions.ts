import type { Point } from '../location/places.ts';

export const PROFILES = ['car', 'bike', 'foot'] as const;
/** A mode of travel. */
export type Profile = (typeof PROFILES)[number];

/** How a route was found: along the great circle, over the embedded road network, or by an upstream engine. */
export const QUALITIES = ['straight-line', 'network', 'upstream'] as const;
export type Quality = (typeof QUALITIES)[number];

const WINDS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];

/** The name of a bearing in degrees, clockwise from north. */
export const toWind = (bearing: number): string => WINDS[Math.round(bearing / 45) % 8] ?? '';

export interface Stop extends Point {
  /** A label for users. */
  readonly label: string;
}

export interface RouteQuery {
  /** Origin, via points, destination: at least two. */
  readonly stops: readonly Stop[];
  readonly profile: Profile;
}

export interface Step {
  readonly instruction: string;
  /** The road's name, if it has one. */
  readonly name?: string | undefined;
  /** The leg of the step, from 0. */
  readonly leg: number;
  readonly distanceM: number;
  /** Undefined: the engine does not provide it. */
  readonly durationS: number | undefined;
}

export interface FoundRoute {
  readonly engine: string;
  readonly quality: Quality;
  /** The attribution of the data, if any was used. */
  readonly attribution?: string | undefined;
  readonly points: readonly Point[];
  readonly distanceM: number;
  readonly durationS: number | undefined;
  readonly steps: readonly Step[];
  /** Limitations of the result, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Finds a route between stops.
 * @throws GatewayError `no_route` if there is none, `no_road_near` if a stop is far from any road
 */
export type FindRoute = (query: RouteQuery) => Promise<FoundRoute>;
