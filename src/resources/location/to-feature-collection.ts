import { roundDegrees, toPosition } from './geometry.ts';
import type { GeocodeAnswer, ReverseGeocodeAnswer } from './location-schemas.ts';
import type { FoundPlace, NearbyPlace, Place, PlaceResults } from './places.ts';

type Properties<A extends { features: { properties: unknown }[] }> = A['features'][number]['properties'];

export const toFoundProperties = (place: FoundPlace): Properties<GeocodeAnswer> => ({
  ...toProperties(place),
  match_type: place.matchType,
  ...toMatchQuality(place),
});

export const toNearbyProperties = (place: NearbyPlace): Properties<ReverseGeocodeAnswer> => ({
  ...toProperties(place),
  ...toMatchQuality(place),
  distance_m: place.distanceM,
});

/** The results of an engine as GeoJSON (RFC 7946), with the best match's coordinates at the top. */
export function toFeatureCollection<P extends Place, Q, T>(
  answer: PlaceResults<P>,
  query: Q,
  toPlaceProperties: (place: P) => T,
) {
  const [best] = answer.places;
  return {
    type: 'FeatureCollection' as const,
    ...(best && { lat: roundDegrees(best.lat), lng: roundDegrees(best.lng) }),
    geocoding: {
      engine: answer.engine,
      data_date: answer.dataDate,
      attribution: answer.attribution,
      query,
      ...(answer.warnings.length > 0 && { warnings: [...answer.warnings] }),
    },
    features: answer.places.map((place) => ({
      type: 'Feature' as const,
      geometry: {
        type: 'Point' as const,
        coordinates: toPosition(place),
      },
      properties: toPlaceProperties(place),
    })),
  };
}

const toProperties = (place: Place) => ({
  id: place.id,
  name: place.name,
  label: place.label,
  layer: place.layer,
  country_code: place.countryCode,
  region: place.region,
  population: place.population,
});

const toMatchQuality = ({ accuracy, confidence }: Place) => ({ accuracy, confidence });
