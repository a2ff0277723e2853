import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../lib/clock.ts';
import { nowS } from '../lib/clock.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFETIME_S = 60;

/** The credential of the gateway's client: a secret or a key (private_key_jwt, RFC 7523). */
export type ClientCredential = { readonly secret: string } | { readonly assertionKeyPem: string };

/** Creates the form fields that authenticate a client at the tenant. */
export type ClientAuthentication = () => Promise<Readonly<Record<string, string>>>;

export interface ClientAuthenticationOptions {
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** The audience of the assertion; includes the trailing slash. */
  readonly issuer: string;
  readonly clock: Clock;
}

export function createClientAuthentication(options: ClientAuthenticationOptions): ClientAuthentication {
  const { clientId, credential, issuer, clock } = options;
  if ('secret' in credential) {
    const fields = Promise.resolve({ client_id: clientId, client_secret: credential.secret });
    return () => fields;
  }
  const key = createPrivateKey(credential.assertionKeyPem);
  const alg = key.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
  return async () => {
    const now = nowS(clock);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg, typ: 'JWT' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_LIFETIME_S)
      .sign(key);
    return { client_id: clientId, client_assertion: assertion, client_assertion_type: ASSERTION_TYPE };
  };
}
