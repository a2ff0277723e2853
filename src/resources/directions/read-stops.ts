import { GatewayError } from '../../errors.ts';
import type { FoundPlace, Geocoder } from '../location/places.ts';
import type { Stop } from './directions.ts';
import type { GivenStop } from './directions-schemas.ts';

/** A stop of a route, with its place if it was given by name. */
export interface ReadStop extends Stop {
  readonly place?: FoundPlace;
}

export interface ReadStops {
  readonly stops: readonly ReadStop[];
  /** The attributions of the places, without duplicates. */
  readonly attributions: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Finds the places of stops that are given by name. `fields` are the names of the parameters, for errors.
 * @throws GatewayError `validation_failed` for a name that no place has
 */
export async function readStops(
  geocoder: Pick<Geocoder, 'find'>,
  given: readonly GivenStop[],
  fields: readonly string[],
  language: string | undefined,
): Promise<ReadStops> {
  const found = await Promise.all(given.map((stop) => readStop(geocoder, stop, language)));
  const stops = found.map(({ stop }) => stop);
  const errors = stops.flatMap((stop, n) =>
    stop ? [] : [{ path: fields[n] ?? '', message: 'no place of this name is known' }],
  );
  if (errors.length > 0) throw new GatewayError('validation_failed', { errors });
  return {
    stops: stops.filter((stop) => stop !== undefined),
    attributions: [...new Set(found.flatMap(({ attribution }) => attribution ?? []))],
    warnings: found.flatMap(({ warnings }) => warnings ?? []),
  };
}

interface Found {
  readonly stop: ReadStop | undefined;
  readonly attribution?: string;
  readonly warnings?: readonly string[];
}

async function readStop(
  geocoder: Pick<Geocoder, 'find'>,
  given: GivenStop,
  language: string | undefined,
): Promise<Found> {
  if ('point' in given) {
    const { lat, lng } = given.point;
    return { stop: { lat, lng, label: `${lng},${lat}` } };
  }
  const { places, attribution, warnings } = await geocoder.find({ text: given.name, limit: 1, language });
  const [place] = places;
  if (!place) return { stop: undefined };
  const { lat, lng, label } = place;
  return { stop: { lat, lng, label, place }, attribution, warnings };
}
