import type { ClientUrls } from '#tenant';
import { isLoopback } from '../lib/address.ts';

const CALLBACK = '/v1/auth/callback';
const SIGNED_OUT = '/v1/auth/signed-out';
const BACKCHANNEL_LOGOUT = '/v1/auth/backchannel-logout';

/** Puts the gateway's entry first and removes entries of gateways on other ports of this machine. */
function withOwn(urls: readonly string[], origin: string, path: string): string[] {
  const isStale = (url: string): boolean => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    return parsed !== undefined && url === `${parsed.origin}${path}` && isLoopback(parsed.hostname);
  };
  return [`${origin}${path}`, ...urls.filter((url) => url !== `${origin}${path}` && !isStale(url))];
}

/** Updates the URLs of the gateway's client at the embedded tenant to the gateway's address. */
export function toFollowing(registered: ClientUrls, origin: string): ClientUrls {
  const { callbacks, allowed_logout_urls, oidc_logout } = registered;
  const logoutUrls = oidc_logout?.['backchannel_logout_urls'];
  const urls = Array.isArray(logoutUrls) ? logoutUrls.map(String) : [];
  return {
    ...registered,
    callbacks: withOwn(callbacks, origin, CALLBACK),
    allowed_logout_urls: withOwn(allowed_logout_urls, origin, SIGNED_OUT),
    oidc_logout: oidc_logout && {
      ...oidc_logout,
      backchannel_logout_urls: withOwn(urls, origin, BACKCHANNEL_LOGOUT),
    },
  };
}
