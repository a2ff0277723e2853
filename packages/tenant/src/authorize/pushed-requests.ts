import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** Lifetime of a `request_uri`, in seconds. */
export const PUSHED_LIFETIME_S = 30;

/** Stores a pushed request and returns its `request_uri` (RFC 9126 §2.2). */
export function pushRequest({ state, clock }: Deps, clientId: string, parameters: URLSearchParams): string {
  const uri = `${PREFIX}${randomToken()}`;
  state.pushedRequests.put({
    id: digest(uri),
    client_id: clientId,
    parameters: [...parameters],
    expires_ms: clock.now() + PUSHED_LIFETIME_S * 1000,
  });
  return uri;
}

/** Removes and returns the request behind a `request_uri`: it works once, and only for the client that pushed it. */
export function consumePushed(
  { state, clock }: Deps,
  clientId: string,
  uri: string,
): URLSearchParams | undefined {
  const id = digest(uri);
  const pushed = state.pushedRequests.get(id);
  if (!pushed || pushed.client_id !== clientId || !state.pushedRequests.remove(id)) return undefined;
  if (pushed.expires_ms <= clock.now()) return undefined;
  return new URLSearchParams(pushed.parameters.map(([name, value]): [string, string] => [name, value]));
}
