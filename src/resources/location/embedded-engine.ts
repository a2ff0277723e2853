import { around } from 'geokdbush';
import KDBush from 'kdbush';
import { isArea } from './context.ts';
import { findPlaces } from './find-places.ts';
import { kmBetween, toPoint } from './geometry.ts';
import { KeyIndex } from './key-index.ts';
import type { FoundPlace, NearbyPlace, NearbyQuery, PlaceQuery, PlaceResults } from './places.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import { createToPlace } from './to-place.ts';

const ENGINE = 'embedded';
const ATTRIBUTION = 'GeoNames (CC BY 4.0)';
const NEARBY_KM = 50;
/** Longer texts are shortened. */
const MAX_TEXT_LENGTH = 200;

/** A synchronous `Geocoder`. */
export interface EmbeddedEngine {
  find(query: PlaceQuery): PlaceResults<FoundPlace>;
  nearby(query: NearbyQuery): PlaceResults<NearbyPlace>;
}

/** The offline engine over a gazetteer in memory. */
export function createEmbeddedEngine(gazetteer: Gazetteer): EmbeddedEngine {
  const index = new KeyIndex(gazetteer.column);
  const toPlace = createToPlace(gazetteer);
  const answer = { engine: ENGINE, dataDate: gazetteer.dataDate, attribution: ATTRIBUTION };
  let tree: KDBush | undefined;

  return {
    find(query) {
      const text = query.text.slice(0, MAX_TEXT_LENGTH);
      const { ranked, reading } = findPlaces(gazetteer, index, { ...query, text });
      const warnings: string[] = [];
      if (reading.unused.length > 0) {
        warnings.push(
          `Not used: ${reading.unused.join(', ')}. Street addresses are not resolved: this is the place around them.`,
        );
      }
      if (ranked.some(({ record }) => isArea(gazetteer, record))) {
        warnings.push('Countries and regions are given by the estimated centre of their population.');
      }
      const places = ranked.map(({ record, matchType, confidence }) => ({
        ...toPlace(record, query.language),
        matchType,
        confidence,
      }));
      return { ...answer, warnings, places };
    },

    nearby({ lat, lng, limit, language }) {
      // `from` requires a separate buffer.
      tree ??= KDBush.from(gazetteer.column.tree.slice().buffer);
      const records = around(tree, lng, lat, limit, NEARBY_KM, (record) => !isArea(gazetteer, record));
      const places = records.map((record) => {
        const km = kmBetween({ lat, lng }, toPoint(gazetteer, record));
        return {
          ...toPlace(record, language),
          distanceM: Math.round(km * 1000),
          // The extent of a town is unknown, so its confidence decreases with the distance to its centre.
          confidence: Math.round((1 - km / NEARBY_KM) * 100) / 100,
        };
      });
      return { ...answer, warnings: [], places };
    },
  };
}
