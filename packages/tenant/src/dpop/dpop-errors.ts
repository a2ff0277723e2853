import { oauthError, type WireError } from '../wire/errors.ts';

/** 400 `invalid_dpop_proof` (RFC 9449 §5). */
export const invalidProof = (description: string): WireError =>
  oauthError(400, 'invalid_dpop_proof', description, { hint: 'dpop_proof' });

/** 400 `use_dpop_nonce`, with the nonce to use (RFC 9449 §8). */
export const useNonce = (nonce: string): WireError =>
  oauthError(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof', {
    headers: { 'dpop-nonce': nonce },
  });

/** 400 for a token that requires a proof, or a binding that is not available. */
export const proofRequired = (): WireError =>
  oauthError(400, 'invalid_request', 'The client and the API require proof of possession (DPoP)', {
    hint: 'dpop_required',
  });
