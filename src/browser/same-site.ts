import { getDomain } from 'tldts';

/** What browsers take for one site: the scheme, and the registrable domain by the public suffix list, or the host where there is none. */
function toSite(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}

/** The origins whose pages are on another site than ours: their browsers drop a `SameSite=Lax` cookie. */
export function toForeignSites(publicUrl: string, origins: readonly string[]): readonly string[] {
  const own = toSite(publicUrl);
  return origins.filter((origin) => toSite(origin) !== own);
}
