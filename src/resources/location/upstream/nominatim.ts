import { z } from 'zod';
import { EngineUnavailable, type UpstreamEngine } from '../../upstream-engine.ts';
import { kmBetween } from '../geometry.ts';
import type { Geocoder, Layer, Place } from '../places.ts';
import { toMatch } from './match.ts';
import { toNearness } from './photon.ts';

/** A response of Nominatim in the format `jsonv2`: https://nominatim.org/release-docs/latest/api/Output/ */
const result = z.object({
  osm_type: z.string().optional(),
  osm_id: z.number().optional(),
  place_id: z.number(),
  lat: z.string(),
  lon: z.string(),
  addresstype: z.string().optional(),
  type: z.string(),
  name: z.string().optional(),
  display_name: z.string(),
  address: z.record(z.string(), z.string()).optional(),
});
type Result = z.output<typeof result>;
/** The response without a result. */
const nothing = z.object({ error: z.string() });

const LAYERS: Readonly<Record<string, Layer>> = {
  country: 'country',
  state: 'region',
  region: 'region',
  province: 'region',
  county: 'county',
  city: 'locality',
  town: 'locality',
  village: 'locality',
  hamlet: 'locality',
  municipality: 'locality',
  suburb: 'neighbourhood',
  borough: 'neighbourhood',
  quarter: 'neighbourhood',
  neighbourhood: 'neighbourhood',
  road: 'street',
  house: 'address',
  building: 'address',
  place: 'address',
};
const NEARBY_KM = 50;
/** A level of detail at which the answer is a town. */
const TOWN_ZOOM = 10;

const CREDIT = { engine: 'nominatim', attribution: '© OpenStreetMap contributors (ODbL 1.0)' };

/** A geocoder that uses a Nominatim server. */
export function createNominatim(upstream: UpstreamEngine): Geocoder {
  const ask = async <T extends z.ZodType>(path: string, query: Record<string, string>, schema: T) => {
    const all = { ...query, format: 'jsonv2', addressdetails: '1' };
    const { status, body } = await upstream.ask(`${path}?${new URLSearchParams(all).toString()}`);
    const parsed = schema.safeParse(body);
    if (status !== 200 || !parsed.success)
      throw new EngineUnavailable(`status ${status}, or an unexpected response`);
    return parsed.data;
  };
  return {
    async find(query) {
      const { text, limit, countries, box, language } = query;
      const found = await ask(
        '/search',
        {
          q: text,
          limit: String(limit),
          ...(countries && { countrycodes: countries.join(',').toLowerCase() }),
          ...(box && { viewbox: [box.minLng, box.minLat, box.maxLng, box.maxLat].join(','), bounded: '1' }),
          ...(language && { 'accept-language': language }),
        },
        z.array(result),
      );
      const places = found.map((each, rank) => ({
        ...toPlace(each),
        ...toMatch(query, toNames(each), rank),
      }));
      return { ...CREDIT, warnings: [], places };
    },
    async nearby({ lat, lng, language }) {
      const found = await ask(
        '/reverse',
        {
          lat: String(lat),
          lon: String(lng),
          zoom: String(TOWN_ZOOM),
          ...(language && { 'accept-language': language }),
        },
        z.union([result, nothing]),
      );
      if ('error' in found) return { ...CREDIT, warnings: [], places: [] };
      const place = toPlace(found);
      const km = kmBetween({ lat, lng }, place);
      const near = { ...place, distanceM: Math.round(km * 1000), confidence: toNearness(km) };
      return {
        ...CREDIT,
        warnings: ['Nominatim returns only one place.'],
        places: km <= NEARBY_KM ? [near] : [],
      };
    },
  };
}

function toNames({ name, address }: Result): (string | undefined)[] {
  const { road, house_number: number } = address ?? {};
  return [name || undefined, ...(road && number ? [`${road} ${number}`, `${number} ${road}`] : [])];
}

function toPlace(found: Result): Omit<Place, 'confidence'> {
  const { osm_type, osm_id, place_id, addresstype, type, display_name, address = {} } = found;
  const layer = LAYERS[addresstype ?? type] ?? 'venue';
  const [first = display_name] = display_name.split(',');
  return {
    id:
      osm_type && osm_id !== undefined
        ? `osm:${osm_type.slice(0, 1).toUpperCase()}${osm_id}`
        : `nominatim:${place_id}`,
    name: found.name || first,
    label: display_name,
    layer,
    countryCode: (address['country_code'] ?? '').toUpperCase(),
    region: layer === 'region' || layer === 'country' ? undefined : address['state'],
    lat: Number(found.lat),
    lng: Number(found.lon),
    accuracy: layer === 'address' || layer === 'venue' ? 'point' : 'centroid',
  };
}
