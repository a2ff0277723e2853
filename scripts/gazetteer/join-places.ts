import { distance } from 'geokdbush';
import { foldText } from '../../src/resources/location/fold.ts';
import type { Place } from '../../src/resources/location/place-data/gazetteer-record.ts';
import type { CountedPlace, NamedPlace } from './sources.ts';

/** Maximum distance in km between two records of one place, by similarity of their names. */
const SAME_NAME_KM = 20;
const ALIKE_NAME_KM = 3;
const ANY_NAME_KM = 0.3;
const DUPLICATE_KM = 3;

/** Finds places of one country by name, and near a point. */
class Places {
  readonly all: Place[] = [];
  readonly #byName = new Map<string, Place[]>();
  /** By cells of a quarter of a degree. */
  readonly #cells = new Map<string, Place[]>();

  add(place: Place): void {
    this.all.push(place);
    file(this.#byName, `${place.country} ${place.folded}`, place);
    file(this.#cells, `${place.country} ${Math.floor(place.lat * 4)} ${Math.floor(place.lng * 4)}`, place);
  }

  named(country: string, folded: string): readonly Place[] {
    return this.#byName.get(`${country} ${folded}`) ?? [];
  }

  /** The places of the nine cells around a point. */
  near(country: string, lat: number, lng: number): readonly Place[] {
    return [-1, 0, 1].flatMap((y) =>
      [-1, 0, 1].flatMap(
        (x) => this.#cells.get(`${country} ${Math.floor(lat * 4) + y} ${Math.floor(lng * 4) + x}`) ?? [],
      ),
    );
  }
}

function file(index: Map<string, Place[]>, key: string, place: Place): void {
  const places = index.get(key);
  if (places) places.push(place);
  else index.set(key, [place]);
}

/** Transliterations and new names share a prefix (`Odessa`, `Odesa`) or contain each other. */
const alike = (a: string, b: string): boolean =>
  a.slice(0, 3) === b.slice(0, 3) || a.startsWith(`${b} `) || b.startsWith(`${a} `);

/**
 * Returns one record for each place: name and divisions from the newer source; population, ID and feature code from
 * the other. Places that only the older source has were removed or renamed since, and are left out.
 */
export function joinPlaces(named: readonly NamedPlace[], counted: readonly CountedPlace[]): readonly Place[] {
  const places = new Places();
  for (const row of named) {
    const place = toPlace(row);
    if (place.folded !== '' && !isDuplicate(places, place)) places.add(place);
  }
  const left = counted.filter((row) => {
    const folded = foldText(row.name);
    return !claim(row, folded, nearest(row, SAME_NAME_KM, places.named(row.country, folded)));
  });
  // Renamed places come second, so that none gets the numbers of a neighbour with the same name.
  for (const row of left) {
    const [lng, lat] = row.loc.coordinates;
    const folded = foldText(row.name);
    const nameless = places.near(row.country, lat, lng).filter((place) => place.geonamesId === 0);
    const renamed = nearest(
      row,
      ALIKE_NAME_KM,
      nameless.filter((place) => alike(place.folded, folded)),
    );
    claim(row, folded, renamed ?? nearest(row, ANY_NAME_KM, nameless));
  }
  return places.all;
}

function toPlace(row: NamedPlace): Place {
  return {
    name: row.name,
    folded: foldText(row.name),
    lat: Number(row.lat),
    lng: Number(row.lng),
    country: row.country,
    admin1: row.admin1,
    admin2: row.admin2,
    otherNames: [],
    population: 0,
    geonamesId: 0,
    feature: '',
  };
}

const isDuplicate = (places: Places, place: Place): boolean =>
  places
    .named(place.country, place.folded)
    .some((other) => other.admin1 === place.admin1 && kmBetween(other, place.lng, place.lat) < DUPLICATE_KM);

const kmBetween = (place: Place, lng: number, lat: number): number =>
  distance(place.lng, place.lat, lng, lat);

function nearest(row: CountedPlace, withinKm: number, places: readonly Place[]): Place | undefined {
  let best: Place | undefined;
  let bestKm = withinKm;
  for (const place of places) {
    const km = kmBetween(place, ...row.loc.coordinates);
    if (km < bestKm) [best, bestKm] = [place, km];
  }
  return best;
}

/** Copies population, ID and feature code of the row to the place. Returns false if there is no place. */
function claim(row: CountedPlace, folded: string, place: Place | undefined): boolean {
  if (!place) return false;
  if (place.folded !== folded) place.otherNames.push(row.name);
  if (place.geonamesId === 0 || row.population > place.population) {
    place.population = row.population;
    place.geonamesId = row.cityId;
    place.feature = row.featureCode;
  }
  return true;
}
