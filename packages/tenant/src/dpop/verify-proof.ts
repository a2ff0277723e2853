import type { IncomingHttpHeaders } from 'node:http';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { nowS } from '../lib/clock.ts';
import { digest } from '../lib/random.ts';
import { invalidProof, useNonce } from './dpop-errors.ts';
import { currentNonce, isFreshNonce } from './nonces.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** What a proof must have been made for. */
export interface ProvenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  readonly path: string;
  /** Of a request with an access token, which the proof then names. */
  readonly accessToken?: string | undefined;
  /** Whether it must carry a nonce of ours. */
  readonly nonceRequired: boolean;
}

/** Algorithms of proofs, as Auth0 lists them. */
export const proofAlgorithms = ['ES256'];

const oldestS = 300;
const skewS = 60;
/** Longer than any proof can pass for fresh: by its `iat`, or by its nonce and the one after. */
const rememberedMs = 15 * 60 * 1000;

/**
 * Verifies the proof in a request's `DPoP` header and uses it up: of parallel calls with one proof a single one
 * passes. Answers with the thumbprint of its key; undefined where there is no such header. Throws 400
 * `invalid_dpop_proof` or `use_dpop_nonce` (RFC 9449 §4.3).
 */
export async function verifyProof(deps: Deps, request: ProvenRequest): Promise<string | undefined> {
  const { dpop } = request.headers;
  if (dpop === undefined) return undefined;
  if (typeof dpop !== 'string' || dpop === '') throw invalidProof('There must be one DPoP proof');
  const { payload, protectedHeader } = await verifySignature(deps, dpop);
  requireMadeFor(payload, request);
  requireFresh(deps, payload, request.nonceRequired);
  // EmbeddedJWK has imported it as a public key.
  const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
  useUp(deps, `${jkt}\n${payload.jti}`);
  return jkt;
}

/** Also that `typ`, `alg` and the embedded key are what they must be. */
async function verifySignature({ clock }: Deps, proof: string): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: proofAlgorithms,
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
      currentDate: new Date(clock.now()),
      clockTolerance: skewS,
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
 * Whether `htu` is where the request went, query and fragment apart. One port speaks http and https, and SDKs that
 * are told of an https domain are used over http as well: either scheme will do.
 */
function isTarget(htu: unknown, { headers, path }: ProvenRequest): boolean {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  const here = URL.parse(`${url?.protocol}//${headers.host}`);
  if (!url || !here || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.host === here.host && url.pathname === path && url.username === '' && url.password === '';
}

/** A nonce of ours tells the time by itself; without one the tenant's clock judges `iat` (RFC 9449 §4.3, step 11). */
function requireFresh(deps: Deps, { nonce, iat }: JWTPayload, nonceRequired: boolean): void {
  if (isFreshNonce(deps, nonce)) return;
  if (nonceRequired) throw useNonce(currentNonce(deps));
  const ageS = nowS(deps.clock) - (iat ?? 0);
  if (ageS > oldestS || ageS < -skewS) throw invalidProof('Invalid DPoP proof: iat is not recent enough');
}

/** One synchronous step, so that a proof passes once. */
function useUp({ state, clock }: Deps, name: string): void {
  const id = digest(name);
  const isNew = state.transaction(() => {
    if (state.usedProofs.get(id)) return false;
    state.usedProofs.put({ id, expires_ms: clock.now() + rememberedMs });
    return true;
  });
  if (!isNew) throw invalidProof('Invalid DPoP proof: jti has been used before');
}
