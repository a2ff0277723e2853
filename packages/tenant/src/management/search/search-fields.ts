/** The searchable fields of a document. Fields are paths; lists in a path are searched entry by entry. */
export interface SearchFields {
  /** The fields of a term without a field. */
  readonly naming: readonly string[];
  readonly ignoringCase: ReadonlySet<string>;
  /** ISO 8601 dates; values and bounds may be partial. */
  readonly dates: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
  /** Further fields, which support neither patterns nor ranges. */
  readonly isPlain: (field: string) => boolean;
}

export const isSearchable = (fields: SearchFields, field: string): boolean =>
  [fields.ignoringCase, fields.dates, fields.numbers, fields.others].some((names) => names.has(field)) ||
  fields.isPlain(field);
