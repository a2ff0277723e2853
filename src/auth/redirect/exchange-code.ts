import type { Authorization } from '../../auth0/authorization.ts';
import type { Origins } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { completeSignIn, type SignedIn } from '../signed-in.ts';
import type { ExchangeBody } from './login-schemas.ts';

export interface ExchangeCodeDeps {
  readonly auth0: Pick<Authorization, 'exchangeCode'>;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly origins: Origins;
  /** The gateway's own callback; codes for it are refused here. */
  readonly callbackUrl: string;
  /** Revokes the refresh token of a sign-in that fails here. */
  readonly revokeLater: (refreshToken: string | undefined) => void;
  /** Chooses session or tokens; refuses tokens to browsers that may not have them. */
  readonly toMode: (requested: ExchangeBody['mode'], headers: RequestInfo['headers']) => 'session' | 'token';
  readonly audience: string;
  readonly requireSecondFactor: RequireSecondFactor;
}

const invalidUri = (message: string): GatewayError =>
  new GatewayError('validation_failed', { errors: [{ path: 'redirect_uri', message }] });

/** @throws GatewayError `validation_failed` for an origin that is not allowed, or the gateway's own callback */
function requireForeignCallback(redirectUri: string, { origins, callbackUrl }: ExchangeCodeDeps): void {
  const { origin, pathname } = new URL(redirectUri);
  const isOwn = origins.isOwn(origin);
  if (!isOwn && !origins.isAllowed(origin))
    throw invalidUri("must have the gateway's own or an allowed origin");
  if (isOwn && pathname === new URL(callbackUrl).pathname)
    throw invalidUri("must not be the gateway's own callback");
}

/**
 * Exchanges the code of a redirect that the frontend ran itself. The frontend proves with the PKCE verifier, or with the
 * nonce of the ID token, that it began the sign-in (RFC 9700 §2.1.1): a stolen code does not sign the thief in.
 * @throws GatewayError `validation_failed`, `invalid_code`, `proof_required`, `mfa_required`, `access_denied`,
 * `token_mode_refused`, `cross_site_session`
 */
export async function exchangeCode(
  deps: ExchangeCodeDeps,
  body: ExchangeBody,
  request: RequestInfo,
): Promise<SignedIn> {
  const { auth0, sessions, revokeLater, toMode, audience } = deps;
  const mode = toMode(body.mode, request.headers);
  requireForeignCallback(body.redirect_uri, deps);
  const { code, redirect_uri: redirectUri, code_verifier: codeVerifier, nonce } = body;
  if (codeVerifier === undefined && nonce === undefined) throw new GatewayError('proof_required');
  const outcome = await auth0.exchangeCode({ code, redirectUri, codeVerifier, nonce }).catch(toNonceRefusal);
  if ('mfa_token' in outcome) throw deps.requireSecondFactor(outcome, { method: 'code', audience });
  // Without an ID token there is no subject for a session and no nonce to compare.
  if (!outcome.claims && (mode === 'session' || nonce !== undefined)) {
    revokeLater(outcome.refresh_token);
    throw new GatewayError('invalid_code', { reason: 'no_id_token' });
  }
  return completeSignIn(sessions, { mode, tokens: outcome, audience, method: 'code' }, request);
}

/** Here a nonce mismatch is an error of the caller, not of the tenant. */
function toNonceRefusal(error: unknown): never {
  const isNonce = error instanceof GatewayError && error.options.reason === 'id_token nonce';
  throw isNonce ? new GatewayError('invalid_code', { reason: 'nonce' }) : error;
}
