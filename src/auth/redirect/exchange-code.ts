import type { Authorization } from '../../auth0/authorization.ts';
import { type Origins, requireFriendlyOrigin } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { handOver, type SignedIn } from '../signed-in.ts';
import type { ExchangeBody } from './login-schemas.ts';

export interface ExchangeCodeDeps {
  readonly auth0: Pick<Authorization, 'exchangeCode'>;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly origins: Origins;
  /** Which way the caller gets signed in; refuses browsers what they may not have. */
  readonly toMode: (asked: ExchangeBody['mode'], headers: RequestInfo['headers']) => 'session' | 'token';
  readonly audience: string;
  readonly requireSecondFactor: RequireSecondFactor;
}

/**
 * Takes over a code that a frontend got by running the redirect itself. A session needs proof that the same frontend
 * began it: the verifier of PKCE, or the nonce that the ID token repeats (RFC 9700 §2.1.1).
 * @throws GatewayError `csrf_failed`, `invalid_code`, `proof_required`, `mfa_required`, `token_mode_refused`,
 * `cross_site_session`
 */
export async function exchangeCode(
  deps: ExchangeCodeDeps,
  body: ExchangeBody,
  request: RequestInfo,
): Promise<SignedIn> {
  const { auth0, sessions, origins, toMode, audience } = deps;
  requireFriendlyOrigin(origins, request.headers);
  const mode = toMode(body.mode, request.headers);
  const { origin } = new URL(body.redirect_uri);
  if (!origins.isOwn(origin) && !origins.isAllowed(origin)) {
    const message = 'must be on our own or an allowed origin';
    throw new GatewayError('validation_failed', { errors: [{ path: 'redirect_uri', message }] });
  }
  if (mode === 'session' && body.code_verifier === undefined && body.nonce === undefined)
    throw new GatewayError('proof_required');
  const { code, redirect_uri: redirectUri, code_verifier: codeVerifier, nonce } = body;
  const outcome = await auth0.exchangeCode({ code, redirectUri, codeVerifier, nonce }).catch(toNonceRefusal);
  if ('mfa_token' in outcome) throw deps.requireSecondFactor(outcome, { method: 'code', audience });
  if (mode === 'session' && !outcome.claims)
    throw new GatewayError('invalid_code', { reason: 'no_id_token' });
  return handOver(sessions, { mode, tokens: outcome, audience, method: 'code' }, request);
}

/** A nonce that does not match is the caller's fault here, not the tenant's. */
function toNonceRefusal(error: unknown): never {
  const isNonce = error instanceof GatewayError && error.options.reason === 'id_token nonce';
  throw isNonce ? new GatewayError('invalid_code', { reason: 'nonce' }) : error;
}
