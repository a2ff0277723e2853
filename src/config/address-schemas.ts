import { isIP, isIPv4, isIPv6 } from 'node:net';
import { isLoopback, toBareHost } from '../lib/address.ts';
import { toTenantOrigin } from '../lib/tenant-url.ts';
import { isHostName, listOf, valueOf } from './value-schemas.ts';

/** The trusted proxies: their number, or their addresses. An empty list trusts none. */
export type TrustProxy = { readonly hops: number } | { readonly cidrs: readonly string[] };

const parseUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

/** Whether the host of a URL is an address or a valid DNS name. */
const hasValidHost = ({ hostname }: URL): boolean => isIP(toBareHost(hostname)) !== 0 || isHostName(hostname);

/** The web origin (RFC 6454) of a text that may be a longer URL. */
function meantOrigin(value: string): string | undefined {
  const url = parseUrl(value);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') && hasValidHost(url)
    ? url.origin
    : undefined;
}

/** The value, if it is an origin in the form that browsers send. */
const parseOrigin = (value: string): string | undefined => (meantOrigin(value) === value ? value : undefined);

const ORIGIN_WORDS = 'scheme, host and port only, as browsers send it';

export const origin = valueOf(
  (value) => `an origin (${ORIGIN_WORDS}) such as ${meantOrigin(value) ?? 'https://app.example.com'}`,
  parseOrigin,
);

export const origins = listOf(
  `a comma list of exact origins (${ORIGIN_WORDS}) such as https://app.example.com; no path, no wildcard, no null`,
  parseOrigin,
);

/** A path, or an http(s) URL; a rule checks its origin. */
export const returnTo = valueOf(
  'a path such as /welcome, or a URL such as https://app.example.com/',
  (value) => {
    if (/^\/(?![/\\])/.test(value)) return value;
    return meantOrigin(value) === undefined ? undefined : value;
  },
);

export const tenantBaseUrl = valueOf(
  'an https origin without a path, or an http one on loopback',
  (value) => {
    const accepted = parseOrigin(value);
    const url = accepted === undefined ? undefined : new URL(accepted);
    return url && (url.protocol === 'https:' || isLoopback(url.hostname)) ? accepted : undefined;
  },
);

/**
 * `acme.eu.auth0.com`, `login.example.com`, `localhost:4400`: what stands between `https://` and `/` in `iss`. A tenant on
 * loopback whose `iss` has http is named with its scheme: `http://localhost:4400`.
 */
export const tenantDomain = valueOf(
  'a domain such as acme.eu.auth0.com: lower-case letters, digits and hyphens between dots; no path, and no scheme but http:// on loopback',
  (value) => {
    const url = parseUrl(toTenantOrigin(value));
    if (!url || url.port === '0' || !hasValidHost(url)) return undefined;
    const isHttp = value === `http://${url.host}` && isLoopback(url.hostname);
    return value === url.host || isHttp ? value : undefined;
  },
);

/** The widest ranges that are accepted; `/0` would trust every address. */
const MIN_PREFIX = { ipv4: 8, ipv6: 7 };

const isRange = (family: 'ipv4' | 'ipv6', bits: number, prefix: string | undefined): boolean =>
  prefix === undefined ||
  (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) >= MIN_PREFIX[family] && Number(prefix) <= bits);

/**
 * An address or CIDR range. IPv6 ranges that begin with zeros are refused: they may contain all IPv4-mapped
 * addresses (`::ffff:0:0/96`).
 */
function parseProxyRange(item: string): string | undefined {
  const [address = '', prefix, ...rest] = item.split('/');
  if (rest.length > 0 || address.includes('%')) return undefined;
  if (isIPv4(address)) return isRange('ipv4', 32, prefix) ? item : undefined;
  if (!isIPv6(address)) return undefined;
  const firstGroup = new URL(`http://[${address}]`).hostname.slice(1).split(':')[0];
  const isLowSpace = firstGroup === '' || firstGroup === '0';
  if (isLowSpace) return isLoopback(address) && (prefix === undefined || prefix === '128') ? item : undefined;
  return isRange('ipv6', 128, prefix) ? item : undefined;
}

export const addressRanges = listOf(
  'a comma list of addresses and CIDR ranges (/8 or narrower); never all addresses',
  parseProxyRange,
);

export const trustProxy = valueOf<TrustProxy>(
  'a number of proxies from 1 to 32, a comma list of addresses and CIDR ranges (/8 or narrower), or none; never all addresses',
  (value) => {
    if (value === 'none') return { cidrs: [] };
    if (/^\d+$/.test(value)) {
      const hops = Number(value);
      return /^[1-9]\d?$/.test(value) && hops <= 32 ? { hops } : undefined;
    }
    const cidrs = addressRanges.safeParse(value);
    return cidrs.success ? { cidrs: cidrs.data } : undefined;
  },
);

/** The URL of a server for maps or telemetry: an origin, perhaps with a path; no slash at its end. */
export const serverUrl = valueOf(
  'an http or https URL without user, query and fragment, such as http://127.0.0.1:5000 or https://maps.example.com/osrm',
  (value) => {
    const url = parseUrl(value);
    if (!url || meantOrigin(value) === undefined || url.port === '0') return undefined;
    const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    const folder = url.pathname.replace(/\/+$/, '');
    return isPlain && !/[?#]/.test(value) ? `${url.origin}${folder}` : undefined;
  },
);
