import { originOf } from '../clients/cors.ts';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';

/** The relying party of every passkey: the tenant's host name, as a custom domain is on Auth0 (WebAuthn §5.1.2). */
export const relyingPartyId = ({ issuer }: Pick<TenantContext, 'issuer'>): string => new URL(issuer).hostname;

/** The user handle of a user: their id without the provider, as base64url. */
export const toUserHandle = (id: string): string => Buffer.from(id).toString('base64url');

/**
 * The origins that a client's ceremonies may come from: its web origins and callbacks, the tenant itself, which iOS apps
 * name, and the signing certificates of its Android app.
 */
export function ceremonyOrigins({ domain }: Pick<TenantContext, 'domain'>, client: Client): string[] {
  const listed = [...client.callbacks, ...client.web_origins, ...client.allowed_origins].map(originOf);
  const own = [`https://${domain}`, `http://${domain}`, `https://${domain.split(':', 1)[0]}`];
  return [
    ...new Set([...listed.filter((origin) => origin !== undefined), ...own, ...androidOrigins(client)]),
  ];
}

/** `android:apk-key-hash:` and the base64url of a SHA-256 fingerprint that Auth0 stores as `AA:BB:…`. */
function androidOrigins({ extra }: Client): string[] {
  const android: unknown = Reflect.get(Object(extra?.['mobile']), 'android');
  const prints: unknown = Reflect.get(Object(android), 'sha256_cert_fingerprints');
  const texts = Array.isArray(prints) ? prints.filter((print) => typeof print === 'string') : [];
  return texts.map(
    (print) => `android:apk-key-hash:${Buffer.from(print.replaceAll(':', ''), 'hex').toString('base64url')}`,
  );
}
