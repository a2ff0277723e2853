import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a test can make wrong in the response of an authenticator. */
export interface Deviations {
  readonly challenge?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly signature?: Uint8Array;
}

export interface Credential {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: Readonly<Record<string, string>> & { readonly clientDataJSON: string };
  readonly clientExtensionResults: Record<string, unknown>;
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
const PRESENT_AND_VERIFIED = 0x05;
const HAS_KEY = 0x40;

/** An authenticator with one passkey (WebAuthn §6), for pages of `origin`. */
export function createAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(16);
  const id = credentialId.toString('base64url');
  let counter = 0;
  let userHandle = '';

  const clientData = (type: string, challenge: string, wrong: Deviations): Buffer =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? origin,
        crossOrigin: false,
      }),
    );

  function authenticatorData(rpId: string, flags: number, count: number, rest = Buffer.alloc(0)): Buffer {
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(count);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counted, rest]);
  }

  function coseKey(): Buffer {
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
    return Buffer.from(
      isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]),
      ),
    );
  }

  const toCredential = (response: Credential['response']): Credential => ({
    id,
    rawId: id,
    type: 'public-key',
    response,
    clientExtensionResults: {},
  });

  return {
    id,
    /** The answer to creation options. */
    create(
      options: {
        readonly challenge: string;
        readonly rp: { readonly id: string };
        readonly user: { readonly id: string };
      },
      wrong: Deviations = {},
      statement: Map<string, unknown> = new Map(),
    ): Credential {
      userHandle = options.user.id;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey()]);
      const authData = authenticatorData(
        wrong.rpId ?? options.rp.id,
        PRESENT_AND_VERIFIED | HAS_KEY,
        counter,
        attested,
      );
      const attestation = new Map<string, unknown>([
        ['fmt', statement.size > 0 ? 'packed' : 'none'],
        ['attStmt', statement],
        ['authData', new Uint8Array(authData)],
      ]);
      return toCredential({
        clientDataJSON: clientData('webauthn.create', options.challenge, wrong).toString('base64url'),
        // The encoder's type lists the values that this map has.
        attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
      });
    },
    /** The answer to request options. */
    get(options: { readonly challenge: string; readonly rpId: string }, wrong: Deviations = {}): Credential {
      counter += 1;
      const data = clientData('webauthn.get', options.challenge, wrong);
      const authData = authenticatorData(
        wrong.rpId ?? options.rpId,
        PRESENT_AND_VERIFIED,
        wrong.counter ?? counter,
      );
      const signature =
        wrong.signature ?? sign('sha256', Buffer.concat([authData, sha256(data)]), privateKey);
      return toCredential({
        clientDataJSON: data.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: Buffer.from(signature).toString('base64url'),
        userHandle: wrong.userHandle ?? userHandle,
      });
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;
