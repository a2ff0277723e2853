import type { ProxyTarget } from './proxy-target.ts';

const PREFIX_END = '/*';

/** Maps between the paths of a row and those of its upstream. */
export interface Rewrite {
  /** Replaces the row's part of a path; the rest stays byte for byte. */
  toUpstreamPath(path: string): string;
  /** The public prefix of the upstream's paths (`X-Forwarded-Prefix`); may be empty. */
  readonly forwardedPrefix: string;
  /**
   * Rewrites a `Location` or `Content-Location` (RFC 9110 §8.7, §10.2.2) in the answer to a request for `path`. A URL
   * outside of the row's part of the upstream stays unchanged.
   */
  toPublicUrl(value: string, path: string): string;
  /** Rewrites the `Path` of a `Set-Cookie` and removes a `Domain` of the upstream (RFC 6265 §5.2). */
  toPublicCookie(setCookie: string): string;
}

const isUnder = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);
/** A path without its trailing slash. */
const toBase = (path: string): string => path.replace(/\/$/, '');
const HAS_HOST = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
const PLACE_ATTRIBUTE = /^\s*(path|domain)\s*=\s*(.*?)\s*$/is;
const HOST_COOKIE = /^[\s=]*__host-/i;
const isInDomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

export function createRewrite(
  { path: rowPath, upstream, rewrite }: Pick<ProxyTarget, 'path' | 'upstream'> & { readonly rewrite: string },
  publicUrl: string,
): Rewrite {
  const { origin: publicOrigin, hostname: publicHost } = new URL(publicUrl);
  const { host, hostname } = new URL(upstream);
  const isPrefix = rowPath.endsWith(PREFIX_END);
  const publicBase = isPrefix ? rowPath.slice(0, -PREFIX_END.length) : toBase(rowPath);
  const upstreamBase = toBase(rewrite);
  // If the rewrite only removes a prefix, that prefix; else the whole public base.
  const forwardedPrefix = publicBase.endsWith(upstreamBase)
    ? publicBase.slice(0, publicBase.length - upstreamBase.length)
    : publicBase;
  // An upstream that reads X-Forwarded-Prefix returns public paths already. The longest match wins.
  const bases = [...new Set([forwardedPrefix + upstreamBase, publicBase, upstreamBase])].toSorted(
    (one, other) => other.length - one.length,
  );

  function toPublicPath(path: string): string | undefined {
    if (!isPrefix && path === rewrite) return rowPath;
    const base = bases.find((each) => isUnder(path, each));
    return base === undefined ? undefined : publicBase + path.slice(base.length);
  }

  const toUpstreamPath = isPrefix
    ? (path: string) => upstreamBase + path.slice(publicBase.length)
    : () => rewrite;

  function toPublicAttribute(attribute: string): string[] {
    const [, name, value = ''] = PLACE_ATTRIBUTE.exec(attribute) ?? [];
    if (name === undefined) return [attribute];
    if (name.toLowerCase() === 'path') {
      const mapped = toPublicPath(value);
      if (mapped === undefined) return [attribute];
      return [` Path=${value === '/' ? toBase(mapped) || '/' : mapped}`];
    }
    const domain = value.toLowerCase().replace(/^\./, '');
    // Without a domain the cookie belongs to the public host only.
    return isInDomain(hostname, domain) && !isInDomain(publicHost, domain) ? [] : [attribute];
  }

  return {
    toUpstreamPath,
    forwardedPrefix,
    toPublicUrl(value, path) {
      const base = upstream + toUpstreamPath(path);
      if (!URL.canParse(value, base)) return value;
      const url = new URL(value, base);
      // An upstream may build URLs from X-Forwarded-Proto and Host.
      const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
      const mapped = isHttp && url.host === host ? toPublicPath(url.pathname) : undefined;
      if (mapped === undefined) return value;
      // A path that begins with two slashes would be parsed as a host.
      const isWhole = HAS_HOST.test(value) || mapped.startsWith('//');
      return `${isWhole ? publicOrigin : ''}${mapped}${url.search}${url.hash}`;
    },
    toPublicCookie(setCookie) {
      const [pair = '', ...attributes] = setCookie.split(';');
      // Browsers refuse a `__Host-` cookie with another path than `/`.
      if (HOST_COOKIE.test(pair)) return setCookie;
      return [pair, ...attributes.flatMap(toPublicAttribute)].join(';');
    },
  };
}
