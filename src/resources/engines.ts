import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { BreakerState } from '../observe/operations-metrics.ts';
import type { FindRoute, RouteQuery } from './directions/directions.ts';
import type { DirectionsDeps } from './directions/directions-routes.ts';
import { createNetworkEngine, NetworkUnavailable } from './directions/network/network-engine.ts';
import { findStraightLine } from './directions/straight-line.ts';
import { createOsrm } from './directions/upstream/osrm.ts';
import { createValhalla } from './directions/upstream/valhalla.ts';
import { createGeocoder } from './location/geocoder.ts';
import type { LocationDeps } from './location/location-routes.ts';
import type { Geocoder } from './location/places.ts';
import { createNominatim } from './location/upstream/nominatim.ts';
import { createPhoton } from './location/upstream/photon.ts';
import { createUpstreamEngine, EngineUnavailable, type UpstreamEngine } from './upstream-engine.ts';

export interface EngineOptions extends Pick<Config, 'geocoder' | 'directions'> {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The engines of World Mappers. Nothing is read or connected before the first query. */
export interface Engines extends LocationDeps, DirectionsDeps {
  /** The breakers of the upstream engines. */
  breakers(): readonly BreakerState[];
  close(): Promise<void>;
}

/** The engines without settings: the gazetteer and straight lines. */
export const embeddedEngines = (): Engines => ({
  geocoder: createGeocoder(),
  isChangeless: true,
  findRoute: findStraightLine,
  breakers: () => [],
  close: async () => undefined,
});

const GEOCODERS = { photon: createPhoton, nominatim: createNominatim };
const ROUTERS = { osrm: createOsrm, valhalla: createValhalla };
/** Its usage policy forbids autocomplete: https://operations.osmfoundation.org/policies/nominatim/ */
const PUBLIC_NOMINATIM = /(?:^|\.)nominatim\.openstreetmap\.org$/;

/** The engines of the configuration, each with the embedded one as fallback for outages. */
export function createEngines({ geocoder, directions, version, clock, log }: EngineOptions): Engines {
  const embedded = embeddedEngines();
  const upstreams: UpstreamEngine[] = [];
  const connect = (url: string): UpstreamEngine => {
    const nowMs = () => clock.now();
    const upstream = createUpstreamEngine({ url, userAgent: `gatehouse/${version}`, nowMs });
    upstreams.push(upstream);
    return upstream;
  };
  const network =
    directions.osmFile === undefined ? undefined : createNetworkEngine({ file: directions.osmFile, log });
  const local = network
    ? withFallback(network.findRoute, findStraightLine, 'The road network is not available', log)
    : findStraightLine;
  const router =
    directions.url !== undefined && directions.kind !== undefined
      ? withFallback(
          ROUTERS[directions.kind](connect(directions.url)),
          local,
          'The routing server did not answer',
          log,
        )
      : local;
  const isUpstream = geocoder.url !== undefined && geocoder.kind !== undefined;
  return {
    geocoder: isUpstream
      ? withEmbedded(
          GEOCODERS[geocoder.kind](connect(geocoder.url)),
          embedded.geocoder,
          PUBLIC_NOMINATIM.test(new URL(geocoder.url).hostname),
          log,
        )
      : embedded.geocoder,
    isChangeless: !isUpstream,
    findRoute: router,
    breakers: () =>
      upstreams.map((upstream) => ({ target: new URL(upstream.url).origin, isOpen: upstream.isBroken() })),
    async close() {
      await Promise.all([...upstreams.map((upstream) => upstream.close()), network?.close()]);
    },
  };
}

/** Whether an engine is unavailable, so that another one can answer. */
const isOutage = (error: unknown): error is Error =>
  error instanceof EngineUnavailable || error instanceof NetworkUnavailable;

function withFallback(first: FindRoute, second: FindRoute, what: string, log: Logger): FindRoute {
  return async (query: RouteQuery) => {
    try {
      return await first(query);
    } catch (error) {
      if (!isOutage(error)) throw error;
      log.warn({ err: error }, `${what}: another engine answers`);
      const route = await second(query);
      return { ...route, warnings: [`${what}.`, ...route.warnings] };
    }
  };
}

/** An upstream geocoder with the embedded one as fallback for outages, and for autocomplete if the server forbids it. */
function withEmbedded(
  upstream: Geocoder,
  embedded: Geocoder,
  refusesAutocomplete: boolean,
  log: Logger,
): Geocoder {
  const noAnswer = 'The geocoding server did not answer.';
  async function ask<A extends { readonly warnings: readonly string[] }>(
    first: () => Promise<A>,
    second: () => Promise<A>,
  ): Promise<A> {
    try {
      return await first();
    } catch (error) {
      if (!isOutage(error)) throw error;
      log.warn({ err: error }, 'the geocoding server did not answer: the embedded engine answers');
      const answer = await second();
      return { ...answer, warnings: [noAnswer, ...answer.warnings] };
    }
  }
  return {
    find: (query) =>
      refusesAutocomplete && query.autocomplete
        ? embedded.find(query)
        : ask(
            () => upstream.find(query),
            () => embedded.find(query),
          ),
    nearby: (query) =>
      ask(
        () => upstream.nearby(query),
        () => embedded.nearby(query),
      ),
  };
}
