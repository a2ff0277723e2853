import { getDomain } from 'tldts';

/** The site of an origin: the scheme and the registrable domain (public suffix list), or the host if there is none. */
function toSite(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}

/** The origins on another site than the gateway, where browsers drop `SameSite=Lax` cookies. */
export function toForeignSites(publicUrl: string, origins: readonly string[]): readonly string[] {
  const own = toSite(publicUrl);
  return origins.filter((origin) => toSite(origin) !== own);
}
