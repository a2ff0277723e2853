/** The first eight bytes of the file. */
export const MAGIC = 'GHGAZTR\n';
/** Increased when the meaning of a column or the folding of keys changes. */
export const FORMAT_VERSION = 2;
/** Bytes before the JSON header: magic, format version, header length, length of the whole file (u32 each). */
export const PREAMBLE_BYTES = 20;
/** Every column begins at a multiple of this. */
export const ALIGNMENT = 8;
/** In the columns `region` and `county`: none. */
export const NO_REGION = 0xffff;
export const NO_COUNTY = 0xffff;

export const KINDS = ['locality', 'neighbourhood', 'region', 'country'] as const;
/** The kind of a record; its number in the file is the index in `kinds`. */
export type Layer = (typeof KINDS)[number];
/** Records from here on are areas, not towns. */
export const FIRST_AREA_KIND = 2;

/**
 * The columns of the file, all little endian. A record is a place, a region or a country; records are numbered
 * by falling importance, so of two records the lesser number is the more important.
 */
export const COLUMN_TYPES = {
  /** Degrees × 100,000. */
  lat: Int32Array,
  lng: Int32Array,
  /** 0: unknown. */
  population: Uint32Array,
  /** × 1,000: about the decimal logarithm of the population, more for capitals, less for parts of a town. */
  importance: Uint16Array,
  /** 0: unknown. */
  geonamesId: Uint32Array,
  country: Uint8Array,
  region: Uint16Array,
  county: Uint16Array,
  kind: Uint8Array,
  /** Record n's name is the UTF-8 in `nameText` from `nameStart[n]` to `nameStart[n + 1]`. */
  nameStart: Uint32Array,
  nameText: Uint8Array,
  /** Counties by number, folded. */
  countyStart: Uint32Array,
  countyText: Uint8Array,
  /** Keys, sorted by UTF-16 code unit, and the records filed under each, the most important first. */
  keyStart: Uint32Array,
  keyText: Uint16Array,
  keyLetters: Uint32Array,
  postStart: Uint32Array,
  postings: Uint32Array,
  /** 1 if the key is an exonym or a former name of the record. */
  postForeign: Uint8Array,
  /** The record of a country or region number. */
  countryRecord: Uint32Array,
  regionRecord: Uint32Array,
  /** A serialised KDBush over all records, x = lng and y = lat in degrees. */
  tree: Uint8Array,
} as const;

export type ColumnName = keyof typeof COLUMN_TYPES;
export type Columns = { readonly [K in ColumnName]: InstanceType<(typeof COLUMN_TYPES)[K]> };

/** The JSON header behind the preamble. */
export interface GazetteerHeader {
  /** The day on which the place names were published, `YYYY-MM-DD`. */
  readonly dataDate: string;
  /** ISO 3166-1 alpha-2 by country number. */
  readonly countries: readonly string[];
  /** GeoNames codes such as `US.WA` by region number. */
  readonly regions: readonly string[];
  /** Folded codes that mean an area but are not its name, such as `wa`: record numbers. */
  readonly codes: Readonly<Record<string, readonly number[]>>;
  /** Names in other languages: language → record number → name. */
  readonly localNames: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The position of each column: offset from the start of the file, and length, in bytes. */
  readonly columns: Readonly<Record<ColumnName, readonly [offset: number, bytes: number]>>;
}
