import { createHash, randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import type { TestTenant } from './start-test-tenant.ts';

export interface ProofOptions {
  readonly method?: string;
  /** A path of the tenant; a complete URL is used unchanged. */
  readonly url?: string;
  readonly accessToken?: string | undefined;
  readonly header?: object;
  readonly claims?: Record<string, unknown>;
}

export interface ProofKey {
  readonly jkt: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: Record<string, unknown>;
  /** A new proof; by default for POST /oauth/token. */
  prove(options?: ProofOptions): Promise<string>;
}

/** A client's DPoP key. */
export async function createProofKey(t: TestTenant, alg = 'ES256'): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jkt: await calculateJwkThumbprint(jwk),
    privateKey,
    publicJwk: { ...jwk },
    prove({ method = 'POST', url = '/oauth/token', accessToken, header, claims } = {}) {
      const protectedHeader: JWTHeaderParameters = { typ: 'dpop+jwt', alg, jwk, ...header };
      return new SignJWT({
        jti: randomUUID(),
        htm: method,
        htu: url.includes(':') ? url : `${t.tenant.origin}${url}`,
        iat: Math.floor(t.clock.now() / 1000),
        ...(accessToken !== undefined && { ath: sha256(accessToken) }),
        ...claims,
      })
        .setProtectedHeader(protectedHeader)
        .sign(privateKey);
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
