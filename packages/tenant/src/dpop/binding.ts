import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { invalidProof, proofRequired } from './dpop-errors.ts';

/**
 * The thumbprint of the key that an access token is bound to: the proof's key if the API accepts DPoP, and always for
 * /userinfo; undefined: a bearer token. Throws 400 if the client or the API requires a binding and it is not possible.
 */
export function toBinding(
  client: Client,
  api: ResourceServer | undefined,
  jkt: string | undefined,
): string | undefined {
  const takesDpop = api === undefined || api.proof_of_possession?.mechanism === 'dpop';
  const needed = client.require_proof_of_possession || requiresProof(client, api);
  if (needed && !(takesDpop && jkt !== undefined)) throw proofRequired();
  return takesDpop ? jkt : undefined;
}

function requiresProof(client: Client, api: ResourceServer | undefined): boolean {
  const policy = api?.proof_of_possession;
  if (!policy?.required) return false;
  return policy.required_for !== 'public_clients' || client.token_endpoint_auth_method === 'none';
}

/** Throws 400 if a code or a refresh token is bound to a key other than the proof's (RFC 9449 §5, §10). */
export function requireSameKey(bound: string | undefined, jkt: string | undefined): void {
  if (bound === undefined || bound === jkt) return;
  throw invalidProof(
    jkt === undefined
      ? 'A DPoP proof is required'
      : 'The DPoP proof uses a different key than the first proof',
  );
}
