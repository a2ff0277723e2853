import type { IncomingHttpHeaders } from 'node:http';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { nowS } from '../lib/clock.ts';
import { digest } from '../lib/random.ts';
import { invalidProof, useNonce } from './dpop-errors.ts';
import { currentNonce, isFreshNonce } from './nonces.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The request that a proof must match. */
export interface ProvenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly path: string;
  /** The access token of the request, whose hash the proof must contain. */
  readonly accessToken?: string | undefined;
  /** Whether it must contain a nonce of the tenant. */
  readonly nonceRequired: boolean;
}

/** Signature algorithms of proofs, as Auth0 lists them. */
export const PROOF_ALGORITHMS = ['ES256'];

const OLDEST_S = 300;
const SKEW_S = 60;
/** Longer than the lifetime of any proof, which its `iat` or its nonce limits. */
const REMEMBERED_MS = 15 * 60 * 1000;

/**
 * Verifies the proof of a request's `DPoP` header and consumes it: of parallel requests with one proof only one
 * succeeds. Returns the thumbprint of its key; undefined without the header. Throws 400 `invalid_dpop_proof` or
 * `use_dpop_nonce` (RFC 9449 §4.3).
 */
export async function verifyProof(deps: Deps, request: ProvenRequest): Promise<string | undefined> {
  const { dpop } = request.headers;
  if (dpop === undefined) return undefined;
  if (typeof dpop !== 'string' || dpop === '') throw invalidProof('Exactly one DPoP proof is required');
  const { payload, protectedHeader } = await verifySignature(deps, dpop);
  requireMadeFor(payload, request);
  requireFresh(deps, payload, request.nonceRequired);
  // EmbeddedJWK has imported it as a public key.
  const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
  consumeProof(deps, `${jkt}\n${payload.jti}`);
  return jkt;
}

/** Also checks `typ`, `alg` and the embedded key. */
async function verifySignature({ clock }: Deps, proof: string): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: PROOF_ALGORITHMS,
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
      currentDate: new Date(clock.now()),
      clockTolerance: SKEW_S,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is malformed';
    throw invalidProof(`Invalid DPoP proof: ${reason}`);
  }
}

function requireMadeFor(payload: JWTPayload, request: ProvenRequest): void {
  const { jti, htm, htu, ath } = payload;
  if (typeof jti !== 'string' || jti === '') throw invalidProof('Invalid DPoP proof: jti must be a string');
  if (htm !== request.method) throw invalidProof('Invalid DPoP proof: htm mismatch');
  if (!isTarget(htu, request)) throw invalidProof('Invalid DPoP proof: htu mismatch');
  if (request.accessToken !== undefined && ath !== digest(request.accessToken))
    throw invalidProof('Invalid DPoP proof: ath mismatch');
}

/**
 * Whether `htu` is the request's URL without query and fragment. Either scheme matches: one port serves http and https,
 * and SDKs configured with an https domain may connect over http.
 */
function isTarget(htu: unknown, { headers, path }: ProvenRequest): boolean {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  const here = URL.parse(`${url?.protocol}//${headers.host}`);
  if (!url || !here || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.host === here.host && url.pathname === path && url.username === '' && url.password === '';
}

/** A nonce proves freshness; without one, `iat` is checked by the tenant's clock (RFC 9449 §4.3, step 11). */
function requireFresh(deps: Deps, { nonce, iat }: JWTPayload, nonceRequired: boolean): void {
  if (isFreshNonce(deps, nonce)) return;
  if (nonceRequired) throw useNonce(currentNonce(deps));
  const ageS = nowS(deps.clock) - (iat ?? 0);
  if (ageS > OLDEST_S || ageS < -SKEW_S) throw invalidProof('Invalid DPoP proof: iat is not recent enough');
}

/** One synchronous step, so that a proof is accepted once. */
function consumeProof({ state, clock }: Deps, name: string): void {
  const id = digest(name);
  const isNew = state.transaction(() => {
    if (state.usedProofs.get(id)) return false;
    state.usedProofs.put({ id, expires_ms: clock.now() + REMEMBERED_MS });
    return true;
  });
  if (!isNew) throw invalidProof('Invalid DPoP proof: jti has been used before');
}
