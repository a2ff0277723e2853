/** Whether a callback is registered: an exact match, or a `*` for one label of the host. */
export const allowsCallback = (allowed: readonly string[], given: string): boolean =>
  isPlain(given) && allowed.some((entry) => entry === given || fitsWildcard(entry, given));

/** Whether a logout URL is registered; query and fragment are ignored. */
export const allowsReturnTo = (allowed: readonly string[], given: string): boolean => {
  const bare = withoutQuery(given);
  return (
    bare !== undefined && allowed.some((entry) => withoutQuery(entry) === bare || fitsWildcard(entry, bare))
  );
};

/** Visible ASCII without fragment, star or backslash, because it goes into a header with parameters appended. */
const isPlain = (url: string): boolean =>
  /^[\x21-\x7e]+$/.test(url) && !/[#*\\]/.test(url) && URL.canParse(url);

/** `https://*.example.com/cb`: the star matches one label, and never a whole host or domain. */
function fitsWildcard(pattern: string, given: string): boolean {
  const parts = /^(https?:\/\/)\*(\.[^/*]+\.[^/*]+(?:\/[^*]*)?)$/i.exec(pattern);
  if (!parts?.[1] || !parts[2]) return false;
  const label = given.slice(parts[1].length, given.length - parts[2].length);
  return given.startsWith(parts[1]) && given.endsWith(parts[2]) && /^[a-z0-9-]+$/i.test(label);
}

/** The URL with scheme and host in lower case; undefined if it is not an http(s) URL. */
function withoutQuery(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The URL parser would correct `https:host` and backslashes; such a text is never a registered URL.
  if (!url || !/^https?:\/\/[^\\]*$/i.test(text) || url.username !== '' || url.password !== '')
    return undefined;
  return `${url.origin}${url.pathname}`;
}
