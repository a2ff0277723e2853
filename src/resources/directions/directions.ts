import type { Point } from '../location/places.ts';

export const PROFILES = ['car', 'bike', 'foot'] as const;
/** How somebody travels. */
export type Profile = (typeof PROFILES)[number];

/** How a route was found: along the great circle, over our own road network, or by an upstream engine. */
export const QUALITIES = ['straight-line', 'network', 'upstream'] as const;
export type Quality = (typeof QUALITIES)[number];

const WINDS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];

/** The name of a bearing in degrees, clockwise from north. */
export const toWind = (bearing: number): string => WINDS[Math.round(bearing / 45) % 8] ?? '';

export interface Stop extends Point {
  /** To be read by people. */
  readonly label: string;
}

export interface RouteQuery {
  /** Origin, via points, destination: at least two. */
  readonly stops: readonly Stop[];
  readonly profile: Profile;
}

export interface Step {
  readonly instruction: string;
  /** The road's name, where it has one. */
  readonly name?: string | undefined;
  /** Which leg the step belongs to, from 0. */
  readonly leg: number;
  readonly distanceM: number;
  /** Undefined: the engine does not know. */
  readonly durationS: number | undefined;
}

export interface FoundRoute {
  readonly engine: string;
  readonly quality: Quality;
  /** Whom to credit for the data, where any was used. */
  readonly attribution?: string | undefined;
  readonly points: readonly Point[];
  readonly distanceM: number;
  readonly durationS: number | undefined;
  readonly steps: readonly Step[];
  /** Sentences for the client: what the answer is not. */
  readonly warnings: readonly string[];
}

/**
 * Finds the way between stops.
 * @throws GatewayError `no_route` where there is none, `no_road_near` where a stop is far from any road
 */
export type FindRoute = (query: RouteQuery) => Promise<FoundRoute>;
