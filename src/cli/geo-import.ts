import { access } from 'node:fs/promises';
import { defaultGazetteerFile } from '../resources/location/geocoder.ts';
import { importGeoNames } from '../resources/location/place-data/import-geonames.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { printFailure, printMessage, printResult } from './output.ts';
import { InputError } from './read-json.ts';

export interface GeoImportOptions {
  readonly places: string;
  readonly otherNames: string | undefined;
  /** The place data to write; undefined: that of the geocoder. */
  readonly out: string | undefined;
}

/**
 * `geo import`: replaces the geocoder's place data with data of GeoNames' dump files. A running gateway uses it after a
 * restart.
 */
export async function importPlaces(isJson: boolean, options: GeoImportOptions): Promise<ExitCode> {
  const { places, otherNames, out = defaultGazetteerFile } = options;
  try {
    await requireReadable(places);
    if (otherNames !== undefined) await requireReadable(otherNames);
    const result = await importGeoNames(
      { places, otherNames, out, current: defaultGazetteerFile },
      printMessage,
    );
    printResult(isJson, { ok: true, file: out, ...result }, () => [
      `${result.places} places and ${result.names} names in ${out}; data of ${result.dataDate}.`,
      'Restart the gateway to use them.',
    ]);
    return EXIT_CODES.fine;
  } catch (error) {
    return printFailure(isJson, error);
  }
}

async function requireReadable(file: string): Promise<void> {
  try {
    await access(file);
  } catch {
    throw new InputError(`${file} cannot be read`);
  }
}
