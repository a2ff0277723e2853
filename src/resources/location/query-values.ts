import { z } from 'zod';
import type { Box, Point } from './places.ts';

/** A decimal number without exponent and blanks, as usual for coordinates. */
const DECIMAL = /^-?\d{1,3}(?:\.\d{1,20})?$/;
const toNumber = (text: string): number => (DECIMAL.test(text) ? Number(text) : Number.NaN);
const isLat = (value: number | undefined): value is number => value !== undefined && Math.abs(value) <= 90;
const isLng = (value: number | undefined): value is number => value !== undefined && Math.abs(value) <= 180;

/** The schema of a query value that `read` converts from text; `undefined` from `read` is an error. */
export const value = <T>(read: (text: string) => T | undefined, message: string) =>
  z.string().transform((text, context): T => {
    const result = read(text);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const coordinate = (name: 'lat' | 'lng', isValid: (value: number) => boolean, most: number) =>
  value((text) => [toNumber(text)].find(isValid), `must be a decimal number from ${-most} to ${most}`).meta({
    description: `${name === 'lat' ? 'Latitude' : 'Longitude'} in degrees, WGS 84`,
    example: name === 'lat' ? 47.674 : -122.1215,
    override: { type: 'number', minimum: -most, maximum: most },
  });

export const latValue = coordinate('lat', isLat, 90);
export const lngValue = coordinate('lng', isLng, 180);

export const limitValue = value(
  (text) => (/^(?:[1-9]|1\d|20)$/.test(text) ? Number(text) : undefined),
  'must be a whole number from 1 to 20',
)
  .optional()
  .transform((limit) => limit ?? 5)
  .meta({
    description: 'Maximum number of places',
    override: { type: 'integer', minimum: 1, maximum: 20, default: 5 },
  });

export const flagValue = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

const toBox = (text: string): Box | undefined => {
  const [minLng, minLat, maxLng, maxLat, ...more] = text.split(',').map(toNumber);
  if (more.length > 0 || !isLng(minLng) || !isLat(minLat) || !isLng(maxLng) || !isLat(maxLat))
    return undefined;
  return minLat <= maxLat ? { minLng, minLat, maxLng, maxLat } : undefined;
};

export const boxValue = value(toBox, 'must be minLon,minLat,maxLon,maxLat in degrees').optional().meta({
  description:
    'Only places within `minLon,minLat,maxLon,maxLat`, such as `-125,45,-116,49.1`; it crosses the antimeridian if minLon > maxLon',
});

/** A point written as `lon,lat`. */
export const toLngLat = (text: string): Point | undefined => {
  const [lng, lat, ...more] = text.split(',').map(toNumber);
  return more.length === 0 && isLng(lng) && isLat(lat) ? { lat, lng } : undefined;
};

export const focusValue = value(toLngLat, 'must be lon,lat in degrees')
  .optional()
  .meta({ description: 'Places near this `lon,lat`, such as `-122.33,47.6`, come first' });

const MAX_COUNTRIES = 10;
const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && regionNames.of(code) !== undefined;

const toCountries = (text: string): string[] | undefined => {
  const codes = text.toUpperCase().split(',');
  return codes.length <= MAX_COUNTRIES && codes.every(isCountry) ? codes : undefined;
};

export const countriesValue = value(
  toCountries,
  'must be up to ten ISO 3166-1 alpha-2 codes, parted by commas',
)
  .optional()
  .meta({
    description: 'Only places of these countries: ISO 3166-1 alpha-2, parted by commas, such as `US,CA`',
  });

const LANGUAGE_TAG = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i;

function toLanguage(text: string): string | undefined {
  if (!LANGUAGE_TAG.test(text)) return undefined;
  try {
    return Intl.getCanonicalLocales(text)[0];
  } catch {
    // It has the form of a tag, but is invalid.
    return undefined;
  }
}

export const languageValue = value(toLanguage, 'must be a language tag (BCP 47)')
  .optional()
  .meta({ description: 'The language of names and labels, such as `de`, as far as they are known in it' });
