import type { ProxyTarget } from './proxy-target.ts';

const PREFIX_END = '/*';

/** How the paths of a row and those of its upstream become each other. */
export interface Rewrite {
  /** Byte for byte what the row matched; its row's part replaced. */
  toUpstreamPath(path: string): string;
  /** What stands before the upstream's own paths (`X-Forwarded-Prefix`); empty: nothing. */
  readonly forwardedPrefix: string;
  /**
   * A `Location` or `Content-Location` (RFC 9110 §8.7, §10.2.2) in the answer to a request of this path. One that does not
   * name what the row shows of its upstream stays as it is.
   */
  toPublicUrl(value: string, path: string): string;
  /** A `Set-Cookie` with its `Path`, and without a `Domain` that is the upstream's (RFC 6265 §5.2). */
  toPublicCookie(setCookie: string): string;
}

const isUnder = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);
/** The base of what lies below a path; of `/` it is empty. */
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
  // Where a rewrite only cuts, what it cuts; else the upstream's application is taken to live at its part.
  const forwardedPrefix = publicBase.endsWith(upstreamBase)
    ? publicBase.slice(0, publicBase.length - upstreamBase.length)
    : publicBase;
  // An upstream that reads the prefix says public paths already. Of two that fit, the longer is meant.
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
    // Without a domain the cookie is of the host alone that the browser asked.
    return isInDomain(hostname, domain) && !isInDomain(publicHost, domain) ? [] : [attribute];
  }

  return {
    toUpstreamPath,
    forwardedPrefix,
    toPublicUrl(value, path) {
      const base = upstream + toUpstreamPath(path);
      if (!URL.canParse(value, base)) return value;
      const url = new URL(value, base);
      // An upstream may take the scheme from X-Forwarded-Proto and the host from Host.
      const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
      const mapped = isHttp && url.host === host ? toPublicPath(url.pathname) : undefined;
      if (mapped === undefined) return value;
      // A path that begins with two slashes would be read as a host.
      const isWhole = HAS_HOST.test(value) || mapped.startsWith('//');
      return `${isWhole ? publicOrigin : ''}${mapped}${url.search}${url.hash}`;
    },
    toPublicCookie(setCookie) {
      const [pair = '', ...attributes] = setCookie.split(';');
      // Its path is `/`, or browsers refuse it.
      if (HOST_COOKIE.test(pair)) return setCookie;
      return [pair, ...attributes.flatMap(toPublicAttribute)].join(';');
    },
  };
}
