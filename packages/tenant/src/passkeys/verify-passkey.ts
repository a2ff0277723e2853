import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { TenantContext } from '../context.ts';
import type { Passkey, PasskeyChallenge } from '../state/factor-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { AuthnResponse } from './authn-response.ts';
import { ceremonyOrigins, relyingPartyId } from './relying-party.ts';

type Deps = Pick<TenantContext, 'issuer' | 'domain'>;

/** ES256 and RS256, by their COSE numbers. */
export const PASSKEY_ALGORITHMS = [-7, -257] as const;

/** The library is loaded at the first use of a passkey, which keeps the start fast. */
const load = () => import('@simplewebauthn/server');

/** What both ceremonies must match. User verification is preferred, not required, as in the options. */
const expectationsOf = (context: Deps, client: Client, { challenge }: PasskeyChallenge) => ({
  expectedChallenge: challenge,
  expectedOrigin: ceremonyOrigins(context, client),
  expectedRPID: relyingPartyId(context),
  requireUserVerification: false,
});

/** A verified new passkey. */
export type NewPasskey = Pick<
  Passkey,
  'credential_id' | 'public_key' | 'counter' | 'transports' | 'device_type' | 'backed_up'
>;

/** Verifies an attestation (WebAuthn §7.1). Throws the error of the library, which says what does not match. */
export async function verifyAttestation(
  context: Deps,
  client: Client,
  challenge: PasskeyChallenge,
  response: AuthnResponse,
): Promise<NewPasskey> {
  const { verifyRegistrationResponse } = await load();
  await requireNoCertificates(response);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    ...expectationsOf(context, client, challenge),
    // The schema has checked its members; the library verifies their content.
    response: { clientExtensionResults: {}, ...response } as RegistrationResponseJSON,
    supportedAlgorithmIDs: [...PASSKEY_ALGORITHMS],
  });
  if (!verified) throw new Error('The attestation is not valid');
  const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo;
  return {
    credential_id: credential.id,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: credential.transports,
    device_type: credentialDeviceType === 'multiDevice' ? 'multi_device' : 'single_device',
    backed_up: credentialBackedUp,
  };
}

/**
 * Throws for an attestation with certificates: the options ask for none, and the library would fetch the revocation lists
 * that they name.
 */
async function requireNoCertificates({ response }: AuthnResponse): Promise<void> {
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers');
  if (!('attestationObject' in response)) throw new Error('not an attestation');
  const { attestationObject } = response;
  if (typeof attestationObject !== 'string') throw new Error('not an attestation');
  const statement = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('attStmt');
  if (statement.get('x5c') !== undefined) throw new Error('an attestation with certificates is not accepted');
}

/** Verifies an assertion (WebAuthn §7.2) and returns its counter. Throws the error of the library. */
export async function verifyAssertion(
  context: Deps,
  client: Client,
  challenge: PasskeyChallenge,
  { passkey, response }: { readonly passkey: Passkey; readonly response: AuthnResponse },
): Promise<Pick<Passkey, 'counter' | 'backed_up'>> {
  const { verifyAuthenticationResponse } = await load();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    ...expectationsOf(context, client, challenge),
    response: { clientExtensionResults: {}, ...response } as AuthenticationResponseJSON,
    credential: {
      id: passkey.credential_id,
      publicKey: new Uint8Array(Buffer.from(passkey.public_key, 'base64url')),
      counter: passkey.counter,
      transports: [...(passkey.transports ?? [])] as AuthenticatorTransport[],
    },
  });
  if (!verified) throw new Error('The signature is not valid');
  return { counter: authenticationInfo.newCounter, backed_up: authenticationInfo.credentialBackedUp };
}
