/** Which fields a search may name, and what Auth0 calls them. Metadata and addresses of devices are not among them. */
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

/** One comparison and how it joins the one before it: a text in quotes, a range, or a word with `*`. */
const TERM =
  /(?:(?<join>AND|OR) +)?(?<not>NOT +)?(?<field>[a-z_]+):(?<value>"[^"\\\p{Cc}]{1,200}"|\[[\w:.*-]{1,40} TO [\w:.*-]{1,40}\]|[\p{L}\p{N}*][\p{L}\p{N}._@+*-]{0,199})(?: +|$)/uy;

const MAX_TERMS = 20;

/**
 * Reads a search: comparisons `field:value`, joined by AND or OR, with NOT before them. What it returns is made of the parts that were
 * read, in Lucene's syntax, so that nothing else reaches the tenant. Undefined for anything else, such as a field that is not listed.
 */
export function parseUserSearch(text: string): string | undefined {
  const terms: string[] = [];
  const reader = new RegExp(TERM);
  while (reader.lastIndex < text.length) {
    const { join, not, field = '', value } = reader.exec(text)?.groups ?? {};
    const name = SEARCH_FIELDS.get(field);
    // A join stands between two comparisons, and only there.
    if (name === undefined || (join === undefined) !== (terms.length === 0)) return undefined;
    terms.push(`${join ? `${join} ` : ''}${not ? 'NOT ' : ''}${name}:${value}`);
    if (terms.length > MAX_TERMS) return undefined;
  }
  return terms.length === 0 ? undefined : terms.join(' ');
}
