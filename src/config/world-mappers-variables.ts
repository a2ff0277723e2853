import { serverUrl } from './address-schemas.ts';
import * as value from './value-schemas.ts';

/** The variables of World Mappers: geocoding and directions. */
export const worldMappersVariables = {
  GEOCODER_URL: {
    at: 'geocoder.url',
    about: 'URL of a geocoding server, used instead of the embedded gazetteer.',
    value: serverUrl,
    defaultText: 'none',
  },
  GEOCODER_KIND: {
    at: 'geocoder.kind',
    about: 'Kind of that server: photon or nominatim.',
    value: value.oneOf('photon', 'nominatim'),
    defaultText: 'none; required with GEOCODER_URL',
  },
  DIRECTIONS_URL: {
    at: 'directions.url',
    about: 'URL of a routing server, used instead of the embedded engine.',
    value: serverUrl,
    defaultText: 'none',
  },
  DIRECTIONS_KIND: {
    at: 'directions.kind',
    about: 'Kind of that server: osrm or valhalla.',
    value: value.oneOf('osrm', 'valhalla'),
    defaultText: 'none; required with DIRECTIONS_URL',
  },
  DIRECTIONS_OSM_FILE: {
    at: 'directions.osmFile',
    about: 'OpenStreetMap extract (.osm.pbf) whose roads the embedded engine uses.',
    value: value.path,
    isPath: true,
    defaultText: 'none: directions are straight lines',
  },
} as const satisfies Record<string, value.Variable>;
