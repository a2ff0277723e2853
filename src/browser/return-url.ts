import type { Origins } from './origins.ts';

/** Maximum length of the part after the origin, in its encoded form. */
const MAX_LENGTH = 1024;

/** The allowed return URLs after a sign-in or sign-out. */
export interface ReturnUrls {
  /**
   * The absolute URL of `requested`: a path on the gateway's origin, or a URL of an own or allowed origin. Undefined
   * otherwise, or if it is too long. Returns the parser's serialization, so that a browser reads the same URL.
   */
  toReturnUrl(requested: string): string | undefined;
  /** Whether it would be allowed if it were shorter. */
  isTooLong(requested: string): boolean;
  /** The default without a requested URL. */
  readonly fallback: string;
}

export interface ReturnUrlOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  readonly defaultReturnTo: string | undefined;
  readonly allowedOrigins: readonly string[];
}

/** Characters that URL parsers repair in different ways; such a URL is refused. */
const REPAIRED = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\\]/u;

/** Creates the check of return URLs, which uses the URL parser and no prefix comparison. */
export function createReturnUrls(options: ReturnUrlOptions): ReturnUrls {
  const { publicUrl, origins, defaultReturnTo, allowedOrigins } = options;

  function toUrl(requested: string): URL | undefined {
    if (requested.length === 0 || REPAIRED.test(requested)) return undefined;
    const isPath = requested.startsWith('/');
    if (!isPath && !/^https?:\/\//i.test(requested)) return undefined;
    if (!URL.canParse(requested, publicUrl)) return undefined;
    const url = new URL(requested, publicUrl);
    if (url.username !== '' || url.password !== '') return undefined;
    const isOwn = origins.isOwn(url.origin);
    return isOwn || (!isPath && origins.isAllowed(url.origin)) ? url : undefined;
  }

  const fits = ({ href, origin }: URL): boolean => href.length - origin.length <= MAX_LENGTH;

  const fallback = defaultReturnTo ?? allowedOrigins[0] ?? '/';
  return {
    toReturnUrl(requested) {
      const url = toUrl(requested);
      return url && fits(url) ? url.href : undefined;
    },
    isTooLong(requested) {
      const url = toUrl(requested);
      return url !== undefined && !fits(url);
    },
    fallback: new URL(fallback, publicUrl).href,
  };
}
