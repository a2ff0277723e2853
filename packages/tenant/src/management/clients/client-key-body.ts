import { z } from 'zod';
import { InvalidKey, toClientKey } from '../../clients/client-key.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ClientKey } from '../../state/settings-documents.ts';
import { oneOf, text } from '../body-parts.ts';
import { invalidBody } from '../management-error.ts';

export const expiresAt = z.iso.datetime({ offset: true }).nullish();

/** A key or certificate of a client, in PEM. */
export const credentialBody = z.strictObject({
  credential_type: oneOf(['public_key', 'x509_cert', 'cert_subject_dn']),
  name: text(128).optional(),
  alg: oneOf(['RS256', 'RS384', 'PS256']).optional(),
  pem: text(4096, 1).optional(),
  subject_dn: text(256, 1).optional(),
  parse_expiry_from_cert: z.boolean().optional(),
  expires_at: expiresAt,
});
export type CredentialBody = z.output<typeof credentialBody>;

/** Registers a key or certificate. Throws 400 if its PEM does not fit its type. */
export function parseClientKey(body: CredentialBody, clock: Clock): ClientKey {
  try {
    return toClientKey(body, clock);
  } catch (error) {
    if (error instanceof InvalidKey) throw invalidBody(`'Invalid PEM: ${error.message}' on property pem`);
    throw error;
  }
}
