import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { invalidProof, proofRequired } from './dpop-errors.ts';

/**
 * The key that an access token is bound to: that of the proof where the API takes DPoP, and always for /userinfo
 * alone; undefined: a bearer token. Throws 400 where the client or the API asks for a binding that cannot be.
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

/** Throws 400 where a code or a refresh token is bound to a key other than the proven one (RFC 9449 §5, §10). */
export function requireSameKey(bound: string | undefined, jkt: string | undefined): void {
  if (bound === undefined || bound === jkt) return;
  throw invalidProof(
    jkt === undefined ? 'A DPoP proof is required' : 'The DPoP proof is by another key than the first one',
  );
}
