import { createSecretKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import { PageError } from './page-error.ts';

export interface IdTokenHint {
  readonly client: Client;
  readonly sid: string | undefined;
}

const invalid = () => new PageError(400, { error: 'invalid_request', description: 'Invalid id_token_hint' });

/** The claims of an ID token that this tenant issued, expired or not (OpenID Connect RP-Initiated Logout 1.0 §2). */
export async function readIdTokenHint(
  { state, keys, issuer }: Pick<TenantContext, 'state' | 'keys' | 'issuer'>,
  token: string,
): Promise<IdTokenHint> {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const client = state.clients.get(String(decodeJwt(token).aud));
    if (!client) throw invalid();
    const key =
      alg === 'HS256' ? createSecretKey(Buffer.from(client.client_secret)) : keys.find(kid ?? '')?.publicKey;
    if (!key) throw invalid();
    const { payload } = await jwtVerify(token, key, {
      issuer,
      audience: client.client_id,
      algorithms: [alg === 'HS256' ? 'HS256' : 'RS256'],
      // Expired tokens are accepted: a user may sign out long after the token was issued.
      currentDate: new Date(0),
    });
    return { client, sid: typeof payload.sid === 'string' ? payload.sid : undefined };
  } catch {
    throw invalid();
  }
}
