import type { Client } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';

/** The supported members of a registration request (RFC 7591 §2). */
export interface Registration {
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: Exclude<Client['token_endpoint_auth_method'], null>;
  readonly grant_types: readonly string[];
  readonly app_type: string;
}

const MAX_URIS = 50;
const MAX_URI_LENGTH = 2048;
const MAX_NAME_LENGTH = 255;
const METHODS = ['none', 'client_secret_post', 'client_secret_basic'] as const;
const OFFERED: readonly string[] = ['authorization_code', 'refresh_token'];
/** Schemes that run code or show content in the browser. */
const FORBIDDEN_SCHEMES = /^(javascript|data|vbscript|blob|file|about):$/;

const invalid = (description: string) => oauthError(400, 'invalid_client_metadata', description);
const invalidUri = (description: string) => oauthError(400, 'invalid_redirect_uri', description);

/**
 * Parses a registration request. Throws 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 §3.2.2).
 * Ignores unknown members.
 */
export function parseRegistration(body: Parameters): Registration {
  const method = body.text('token_endpoint_auth_method') ?? 'client_secret_post';
  const token_endpoint_auth_method = METHODS.find((known) => known === method);
  if (!token_endpoint_auth_method)
    throw invalid(`token_endpoint_auth_method must be one of ${METHODS.join(', ')}`);
  const client_name = body.text('client_name') ?? 'My App';
  if (client_name.length > MAX_NAME_LENGTH || /[<>\p{Cc}]/u.test(client_name))
    throw invalid(`client_name may not have < or >, and has at most ${MAX_NAME_LENGTH} characters`);
  const asked = body.raw('grant_types') === undefined ? OFFERED : texts(body, 'grant_types', invalid);
  const isNative = body.text('application_type') === 'native';
  const isPublic = token_endpoint_auth_method === 'none';
  return {
    client_name,
    redirect_uris: parseUris(body),
    token_endpoint_auth_method,
    grant_types: OFFERED.filter((type) => asked.includes(type)),
    app_type: isNative ? 'native' : isPublic ? 'spa' : 'regular_web',
  };
}

function parseUris(body: Parameters): string[] {
  const uris = texts(body, 'redirect_uris', invalidUri);
  if (uris.length === 0 || uris.length > MAX_URIS)
    throw invalidUri(`redirect_uris must have 1 to ${MAX_URIS} entries`);
  for (const uri of uris) {
    if (!isCallback(uri))
      throw invalidUri(`redirect_uris: ${uri.slice(0, 200)} is not a URL that can be called back`);
  }
  return [...new Set(uris)];
}

function isCallback(uri: string): boolean {
  const url = uri.length <= MAX_URI_LENGTH && !uri.includes('*') ? URL.parse(uri) : null;
  if (!url || url.hash !== '' || uri.endsWith('#')) return false;
  return !FORBIDDEN_SCHEMES.test(url.protocol) && url.username === '' && url.password === '';
}

function texts(body: Parameters, name: string, fault: (description: string) => Error): string[] {
  const value = body.raw(name);
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw fault(`${name} must be a list of texts`);
}
