import type { Origins } from './origins.ts';

/** Of what stands after the origin, in the form that browsers send. */
const MAX_LENGTH = 1024;

/** Where a browser may be sent when a sign-in or sign-out is done. */
export interface ReturnUrls {
  /**
   * The absolute URL that `asked` means: a path on our own origin, or a URL whose origin is own or allowed. Undefined for
   * anything else, and for what is too long. What is returned is what the URL parser read, so that a browser reads the same.
   */
  toReturnUrl(asked: string): string | undefined;
  /** Whether it is such a place, but for its length. */
  isTooLong(asked: string): boolean;
  /** Where nothing was asked. */
  readonly fallback: string;
}

export interface ReturnUrlOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  readonly defaultReturnTo: string | undefined;
  readonly allowedOrigins: readonly string[];
}

/** Characters that URL parsers repair, each in its own way; a path that needs repair is not a path of ours. */
const REPAIRED = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\\]/u;

/** Decides by the URL parser, never by how a text begins. */
export function createReturnUrls(options: ReturnUrlOptions): ReturnUrls {
  const { publicUrl, origins, defaultReturnTo, allowedOrigins } = options;

  function toUrl(asked: string): URL | undefined {
    if (asked.length === 0 || REPAIRED.test(asked)) return undefined;
    const isPath = asked.startsWith('/');
    if (!isPath && !/^https?:\/\//i.test(asked)) return undefined;
    if (!URL.canParse(asked, publicUrl)) return undefined;
    const url = new URL(asked, publicUrl);
    if (url.username !== '' || url.password !== '') return undefined;
    const isOwn = origins.isOwn(url.origin);
    return isOwn || (!isPath && origins.isAllowed(url.origin)) ? url : undefined;
  }

  const fits = ({ href, origin }: URL): boolean => href.length - origin.length <= MAX_LENGTH;

  const fallback = defaultReturnTo ?? allowedOrigins[0] ?? '/';
  return {
    toReturnUrl(asked) {
      const url = toUrl(asked);
      return url && fits(url) ? url.href : undefined;
    },
    isTooLong(asked) {
      const url = toUrl(asked);
      return url !== undefined && !fits(url);
    },
    fallback: new URL(fallback, publicUrl).href,
  };
}
