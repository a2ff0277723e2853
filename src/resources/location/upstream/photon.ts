import { z } from 'zod';
import { EngineUnavailable, type UpstreamEngine } from '../../upstream-engine.ts';
import { isWithin, kmBetween } from '../geometry.ts';
import type { FoundPlace, Geocoder, Layer, Place, PlaceQuery } from '../places.ts';
import { toMatch } from './match.ts';

/** A response of Photon: https://github.com/komoot/photon */
const answer = z.object({
  features: z.array(
    z.object({
      geometry: z.object({ coordinates: z.tuple([z.number(), z.number()]) }),
      properties: z.object({
        osm_type: z.string(),
        osm_id: z.number(),
        type: z.string().optional(),
        name: z.string().optional(),
        housenumber: z.string().optional(),
        street: z.string().optional(),
        city: z.string().optional(),
        county: z.string().optional(),
        state: z.string().optional(),
        country: z.string().optional(),
        countrycode: z.string().optional(),
      }),
    }),
  ),
});
type Feature = z.output<typeof answer>['features'][number];

const LAYERS: Readonly<Record<string, Layer>> = {
  house: 'address',
  street: 'street',
  locality: 'neighbourhood',
  district: 'neighbourhood',
  city: 'locality',
  county: 'county',
  state: 'region',
  country: 'country',
};
/** The default languages of a Photon server; it refuses others. */
const LANGUAGES = new Set(['en', 'de', 'fr']);
const NEARBY_KM = 50;
/** Photon does not filter by country, so more places are requested. */
const MORE_FOR_COUNTRIES = 4;

export const PHOTON_CREDIT = { engine: 'photon', attribution: '© OpenStreetMap contributors (ODbL 1.0)' };

/** A geocoder that uses a Photon server. */
export function createPhoton(upstream: UpstreamEngine): Geocoder {
  const ask = async (path: string, query: Readonly<Record<string, string | number | undefined>>) => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) given.set(name, String(value));
    const { status, body } = await upstream.ask(`${path}?${given.toString()}`);
    const parsed = answer.safeParse(body);
    if (status !== 200 || !parsed.success)
      throw new EngineUnavailable(`status ${status}, or an unexpected response`);
    return parsed.data.features;
  };
  return {
    async find(query) {
      const { text, limit, countries, box, focus, language } = query;
      const features = await ask('/api', {
        q: text,
        limit: countries ? limit * MORE_FOR_COUNTRIES : limit,
        lang: toLanguage(language),
        bbox: box && [box.minLng, box.minLat, box.maxLng, box.maxLat].join(','),
        lat: focus?.lat,
        lon: focus?.lng,
      });
      const places = features
        .map((feature, rank) => toFound(query, feature, rank))
        .filter(({ countryCode }) => !countries || countries.includes(countryCode))
        .filter((place) => !box || isWithin(box, place));
      return { ...PHOTON_CREDIT, warnings: [], places: places.slice(0, limit) };
    },
    async nearby({ lat, lng, limit, language }) {
      const features = await ask('/reverse', {
        lat,
        lon: lng,
        limit,
        radius: NEARBY_KM,
        lang: toLanguage(language),
      });
      const places = features.map((feature) => {
        const place = toPlace(feature);
        const km = kmBetween({ lat, lng }, place);
        return { ...place, distanceM: Math.round(km * 1000), confidence: toNearness(km) };
      });
      const near = places.filter(({ distanceM }) => distanceM <= NEARBY_KM * 1000);
      return { ...PHOTON_CREDIT, warnings: [], places: near.toSorted((a, b) => a.distanceM - b.distanceM) };
    },
  };
}

/** From 1 at the point to 0 at the end of what is near. */
export const toNearness = (km: number): number => Math.round(Math.max(0, 1 - km / NEARBY_KM) * 100) / 100;

function toLanguage(language: string | undefined): string | undefined {
  const [base = ''] = (language ?? '').split('-');
  return LANGUAGES.has(base) ? base : undefined;
}

const toFound = (query: PlaceQuery, feature: Feature, rank: number): FoundPlace => {
  const { name, street, housenumber } = feature.properties;
  const address = [street, housenumber].filter(Boolean).join(' ');
  const reversed = [housenumber, street].filter(Boolean).join(' ');
  return {
    ...toPlace(feature),
    ...toMatch(query, [name, address || undefined, reversed || undefined], rank),
  };
};

function toPlace({ geometry, properties }: Feature): Omit<Place, 'confidence'> {
  const { osm_type, osm_id, type, name, housenumber, street, city, state, country, countrycode } = properties;
  const own = name ?? ([street, housenumber].filter(Boolean).join(' ') || city || country || '');
  const layer = LAYERS[type ?? ''] ?? 'venue';
  const [lng, lat] = geometry.coordinates;
  return {
    id: `osm:${osm_type}${osm_id}`,
    name: own,
    label: [...new Set([own, city, state, country])].filter(Boolean).join(', '),
    layer,
    countryCode: countrycode ?? '',
    region: layer === 'region' || layer === 'country' ? undefined : state,
    lat,
    lng,
    accuracy: layer === 'address' || layer === 'venue' ? 'point' : 'centroid',
  };
}
