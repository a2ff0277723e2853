/** What of a document can be searched, and how. Fields are paths; lists on the way are looked through. */
export interface SearchFields {
  /** What a term without a field is looked for in. */
  readonly naming: readonly string[];
  readonly ignoringCase: ReadonlySet<string>;
  /** ISO 8601; a bound or a value says as much of one as it likes. */
  readonly dates: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
  /** Further fields, that take neither patterns nor ranges. */
  readonly isPlain: (field: string) => boolean;
}

export const isSearchable = (fields: SearchFields, field: string): boolean =>
  [fields.ignoringCase, fields.dates, fields.numbers, fields.others].some((names) => names.has(field)) ||
  fields.isPlain(field);
