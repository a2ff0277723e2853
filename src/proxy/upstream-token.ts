import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Caller } from '../http/route.ts';
import type { TokenMode } from './proxy-target.ts';

/**
 * The access token of a session's user for an API, renewed where it needs to be. `force`: even where it does not seem
 * to, since the API has refused it.
 */
export type ToUpstreamToken = (
  caller: Caller,
  audience: string,
  options: { readonly force: boolean },
) => Promise<string> | string;

/** The gateway's own access token for an API. */
export type ToClientToken = (audience: string) => Promise<string> | string;

export interface UpstreamTokenDeps {
  readonly toUpstreamToken: ToUpstreamToken;
  /** Whether `force` may bring a session another token than the one that was sent. */
  readonly mayForce: (caller: Caller, audience: string) => boolean;
  readonly toClientToken: ToClientToken;
}

/** The `Authorization` of a call to an upstream; undefined: none. Everything throws GatewayError. */
export type Authorize = (
  request: IncomingMessage,
  caller: Caller | undefined,
  force: boolean,
) => Promise<string> | string | undefined;

const toHeader = (token: string): string => `Bearer ${token}`;

export function createAuthorize(deps: UpstreamTokenDeps, mode: TokenMode, audience: string): Authorize {
  function ofUser(request: IncomingMessage, caller: Caller | undefined, force: boolean) {
    if (!caller)
      throw new GatewayError('internal', { cause: new TypeError('a row sends the token of nobody') });
    // The guard has judged this header: one scheme, one space, one token.
    if (caller.kind === 'bearer')
      return toHeader(request.headers.authorization?.slice('Bearer '.length) ?? '');
    const token = deps.toUpstreamToken(caller, audience, { force });
    return typeof token === 'string' ? toHeader(token) : token.then(toHeader);
  }

  function ofClient() {
    const token = deps.toClientToken(audience);
    return typeof token === 'string' ? toHeader(token) : token.then(toHeader);
  }

  return (request, caller, force) => {
    if (mode === 'none') return undefined;
    if (mode === 'client' || (mode === 'user-or-client' && !caller)) return ofClient();
    return ofUser(request, caller, force);
  };
}
