import type { Client } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

const CALLBACK = '/v1/auth/callback';
const SIGNED_OUT = '/v1/auth/signed-out';
const BACKCHANNEL_LOGOUT = '/v1/auth/backchannel-logout';

const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** The list with the gateway's own entry on top, and without those of gateways that ran on other ports of this machine. */
function withOwn(urls: readonly string[], origin: string, path: string): string[] {
  const isStale = (url: string): boolean => url.endsWith(path) && loopback.test(url.slice(0, -path.length));
  return [`${origin}${path}`, ...urls.filter((url) => url !== `${origin}${path}` && !isStale(url))];
}

function toFollowing(client: Client, origin: string): Client {
  const { callbacks, allowed_logout_urls, oidc_logout } = client;
  const registered = oidc_logout?.['backchannel_logout_urls'];
  const urls = Array.isArray(registered) ? registered.map(String) : [];
  return {
    ...client,
    callbacks: withOwn(callbacks, origin, CALLBACK),
    allowed_logout_urls: withOwn(allowed_logout_urls, origin, SIGNED_OUT),
    ...(oidc_logout && {
      oidc_logout: { ...oidc_logout, backchannel_logout_urls: withOwn(urls, origin, BACKCHANNEL_LOGOUT) },
    }),
  };
}

/** Lets the client of the gateway that this tenant runs for follow the port on which that gateway listens. */
export function followGateway({ clients }: Pick<State, 'clients'>, clientId: string, origin: string): void {
  const client = clients.get(clientId);
  if (client) clients.put(toFollowing(client, origin));
}
