/** The searchable fields, with Auth0's names. Metadata and device addresses are not searchable. */
const SEARCH_FIELDS: ReadonlyMap<string, string> = new Map([
  ['id', 'user_id'],
  ...[
    'user_id',
    'email',
    'email_verified',
    'name',
    'given_name',
    'family_name',
    'nickname',
    'username',
    'phone_number',
    'blocked',
    'logins_count',
    'created_at',
    'last_login',
  ].map((name) => [name, name] as const),
]);

export const SEARCHABLE: readonly string[] = [...SEARCH_FIELDS.keys()];

export const SORT_FIELDS = ['email', 'name', 'created_at', 'last_login', 'logins_count'] as const;

/** One comparison with its operator: the value is a quoted text, a range, or a word that may end in `*`. */
const TERM =
  /(?:(?<join>AND|OR) +)?(?<not>NOT +)?(?<field>[a-z_]+):(?<value>"[^"\\\p{Cc}]{1,200}"|\[[\w:.*-]{1,40} TO [\w:.*-]{1,40}\]|[\p{L}\p{N}*][\p{L}\p{N}._@+*-]{0,199})(?: +|$)/uy;

const MAX_TERMS = 20;

/**
 * Parses a search: comparisons `field:value`, joined by AND or OR, optionally with NOT. Returns a Lucene query that is
 * built only from the parsed parts, so that no other input reaches the tenant. Undefined for anything else, such as an
 * unknown field.
 */
export function parseUserSearch(text: string): string | undefined {
  const terms: string[] = [];
  const reader = new RegExp(TERM);
  while (reader.lastIndex < text.length) {
    const { join, not, field = '', value } = reader.exec(text)?.groups ?? {};
    const name = SEARCH_FIELDS.get(field);
    // An operator is required between two comparisons, and allowed only there.
    if (name === undefined || (join === undefined) !== (terms.length === 0)) return undefined;
    terms.push(`${join ? `${join} ` : ''}${not ? 'NOT ' : ''}${name}:${value}`);
    if (terms.length > MAX_TERMS) return undefined;
  }
  return terms.length === 0 ? undefined : terms.join(' ');
}
