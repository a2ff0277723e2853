/** Why a token is refused, for the log and the metrics. */
export type Refusal =
  | 'too_long'
  | 'form'
  | 'header'
  | 'critical'
  | 'alg'
  | 'kid'
  | 'typ'
  | 'payload'
  | 'iss'
  | 'sub'
  | 'aud'
  | 'exp'
  | 'iat'
  | 'nbf'
  | 'lifetime'
  | 'id_token'
  | 'cnf'
  | 'expired'
  | 'not_yet_valid'
  | 'key'
  | 'signature'
  | 'revoked';

const NOT_JWT = 'The access token is not a JWT: request one with the audience of this API.';

/**
 * Details for refused callers: only what they can see in the token themselves, never the expected value. All other refusals
 * share one text.
 */
const VISIBLE: Readonly<Partial<Record<Refusal, string>>> = {
  form: NOT_JWT,
  header: NOT_JWT,
  payload: NOT_JWT,
  expired: 'The access token has expired: request a new one.',
  not_yet_valid: 'The access token is not valid yet: try again later.',
  aud: 'The access token is meant for another API: request one for this API.',
  iss: 'The access token comes from another issuer: request one from the issuer that resource_metadata names.',
  revoked: 'The access token was revoked: sign in again, or request a new one.',
  cnf: 'The access token is bound to its sender (cnf) and is no bearer token: request one without DPoP or mutual TLS.',
};

/**
 * The detail for the holder of a refused token, in the characters of RFC 6750 §3; undefined if the reason is not disclosed.
 */
export const toVisibleReason = (reason: Refusal | undefined): string | undefined => reason && VISIBLE[reason];

/** The `error_description` of a refused token: the common one, or a specific one. */
export const toErrorDescription = (reason: Refusal | undefined): string | undefined =>
  reason === 'revoked' ? reason : toVisibleReason(reason);
