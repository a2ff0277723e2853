import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Caller } from '../http/route.ts';
import type { TokenMode } from './proxy-target.ts';

/** The access token of a session's user for an API, renewed if needed. `force` renews a token that the API has refused. */
export type SessionTokenFor = (
  caller: Caller,
  audience: string,
  options: { readonly force: boolean },
) => Promise<string> | string;

/** The gateway's own access token for an API. */
export type ClientTokenFor = (audience: string) => Promise<string> | string;

export interface AccessTokenDeps {
  readonly accessTokenFor: SessionTokenFor;
  /** Whether `force` may return a token other than the one that was sent. */
  readonly mayForce: (caller: Caller, audience: string) => boolean;
  readonly clientTokenFor: ClientTokenFor;
}

/** The access token that a row sends to its upstream; undefined: none. Throws GatewayError. */
export type AccessTokenFor = (
  request: IncomingMessage,
  caller: Caller | undefined,
  force: boolean,
) => Promise<string> | string | undefined;

export function createAccessTokenFor(
  deps: AccessTokenDeps,
  mode: TokenMode,
  audience: string,
): AccessTokenFor {
  function ofUser(request: IncomingMessage, caller: Caller | undefined, force: boolean) {
    if (!caller)
      throw new GatewayError('internal', { cause: new TypeError('a row with a user token has no caller') });
    // The guard has checked the form of this header.
    if (caller.kind === 'bearer') return request.headers.authorization?.slice('Bearer '.length) ?? '';
    return deps.accessTokenFor(caller, audience, { force });
  }

  return (request, caller, force) => {
    if (mode === 'none') return undefined;
    if (mode === 'client' || (mode === 'user-or-client' && !caller)) return deps.clientTokenFor(audience);
    return ofUser(request, caller, force);
  };
}
