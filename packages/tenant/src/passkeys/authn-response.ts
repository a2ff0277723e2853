import { z } from 'zod';
import { oauthError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';

const base64url = (max: number) =>
  z
    .string()
    .regex(/^[\w-]+=*$/)
    .max(max);
const CREDENTIAL_ID = base64url(1400);
const transports = z.array(z.string().max(32)).max(10).optional();

const response = z.union([
  z.looseObject({ clientDataJSON: base64url(8000), attestationObject: base64url(40_000), transports }),
  z.looseObject({
    clientDataJSON: base64url(8000),
    authenticatorData: base64url(8000),
    signature: base64url(8000),
    userHandle: base64url(100).nullish(),
  }),
]);
const credential = z.looseObject({
  id: CREDENTIAL_ID,
  rawId: CREDENTIAL_ID,
  type: z.literal('public-key'),
  response,
});

/** The JSON of a `PublicKeyCredential` (WebAuthn §5.1): an attestation or an assertion. */
export type AuthnResponse = z.output<typeof credential>;

/** Reads `authn_response`, an object or its JSON text. Throws 400 `invalid_request`. */
export function readAuthnResponse(body: Parameters): AuthnResponse {
  const raw = body.raw('authn_response');
  if (raw === undefined)
    throw oauthError(400, 'invalid_request', 'Missing required parameter: authn_response');
  const parsed = credential.safeParse(typeof raw === 'string' ? parseJson(raw) : raw);
  if (parsed.success) return parsed.data;
  throw oauthError(400, 'invalid_request', 'authn_response is not a PublicKeyCredential');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
