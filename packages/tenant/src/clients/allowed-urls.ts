/** Whether a callback is registered: byte for byte, or by a `*` for one label of the host. */
export const allowsCallback = (allowed: readonly string[], given: string): boolean =>
  isPlain(given) && allowed.some((entry) => entry === given || fitsWildcard(entry, given));

/** Whether a client may be returned to a URL after logout: its query and fragment do not count. */
export const allowsReturnTo = (allowed: readonly string[], given: string): boolean => {
  const bare = withoutQuery(given);
  return (
    bare !== undefined && allowed.some((entry) => withoutQuery(entry) === bare || fitsWildcard(entry, bare))
  );
};

/** Visible ASCII without a fragment, a star or a backslash: it goes into a header, with parameters behind it. */
const isPlain = (url: string): boolean =>
  /^[\x21-\x7e]+$/.test(url) && !/[#*\\]/.test(url) && URL.canParse(url);

/** `https://*.example.com/cb`: the star stands for one label, and never in the place of a whole host or domain. */
function fitsWildcard(pattern: string, given: string): boolean {
  const parts = /^(https?:\/\/)\*(\.[^/*]+\.[^/*]+(?:\/[^*]*)?)$/i.exec(pattern);
  if (!parts?.[1] || !parts[2]) return false;
  const label = given.slice(parts[1].length, given.length - parts[2].length);
  return given.startsWith(parts[1]) && given.endsWith(parts[2]) && /^[a-z0-9-]+$/i.test(label);
}

/** With scheme and host folded; undefined where it is no http(s) URL. */
function withoutQuery(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The parser would mend `https:host` and backslashes; what needs mending is nobody's registered URL.
  if (!url || !/^https?:\/\/[^\\]*$/i.test(text) || url.username !== '' || url.password !== '')
    return undefined;
  return `${url.origin}${url.pathname}`;
}
