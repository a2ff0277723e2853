/** A key or certificate of a client. Only keys of `private_key_jwt` have an effect: they verify assertions. */
export interface ClientKey {
  readonly id: string;
  readonly credential_type: 'public_key' | 'x509_cert' | 'cert_subject_dn';
  readonly name?: string | undefined;
  /** Of a public key: its thumbprint (RFC 7638). */
  readonly kid?: string | undefined;
  readonly alg?: 'RS256' | 'RS384' | 'PS256' | undefined;
  /** Of a public key: SPKI or a certificate. */
  readonly pem?: string | undefined;
  /** Of a subject name. */
  readonly subject_dn?: string | undefined;
  /** Of a certificate. */
  readonly thumbprint_sha256?: string | undefined;
  readonly created_at?: string | undefined;
  readonly updated_at?: string | undefined;
  readonly expires_at?: string | undefined;
}

export interface KeyMethod {
  readonly credentials: readonly ClientKey[];
}

/** How a client authenticates by keys. This tenant verifies `private_key_jwt`; the others are only stored. */
export interface KeyMethods {
  readonly private_key_jwt?: KeyMethod | undefined;
  readonly tls_client_auth?: KeyMethod | undefined;
  readonly self_signed_tls_client_auth?: KeyMethod | undefined;
}
