import { isPlain } from '../kept/kept-resource.ts';

/** What Auth0 takes from a Client ID Metadata Document. */
export interface MappedFields {
  readonly external_client_id: string;
  readonly name: string;
  readonly callbacks: readonly string[];
  readonly logo_uri?: string;
  readonly grant_types: readonly string[];
  readonly app_type: 'native' | 'regular_web';
  readonly token_endpoint_auth_method: 'none' | 'private_key_jwt';
  readonly jwks_uri?: string;
}

export interface Validation {
  readonly valid: boolean;
  readonly violations: readonly string[];
  readonly warnings: readonly string[];
}

const MAX_URL_BYTES = 120;
const MAX_TEXT = 255;
const GRANTS = ['authorization_code', 'refresh_token'];
const METHODS = ['none', 'private_key_jwt'] as const;
const SUPPORTED = new Set([
  'client_id',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'application_type',
  'logo_uri',
  'jwks_uri',
]);
const FORBIDDEN_SCHEMES = /^(javascript|data|vbscript|blob|file|about):$/;

/** What is wrong with the URL of a metadata document; undefined: nothing. Whether it may be fetched is decided later. */
export function metadataUrlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || url.href !== text) return 'must be a URL in normal form';
  if (Buffer.byteLength(text) > MAX_URL_BYTES) return `must have at most ${MAX_URL_BYTES} bytes`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must use https';
  if (url.search !== '' || url.hash !== '' || text.endsWith('?') || text.endsWith('#'))
    return 'must have no query and no fragment';
  if (url.username !== '' || url.password !== '') return 'must have no user information';
  return url.pathname === '/' ? 'must have a path' : undefined;
}

/** Validates a metadata document as Auth0 does, and maps it to client fields; undefined fields: it is not valid. */
export function readMetadata(
  url: string,
  document: unknown,
): { readonly fields: MappedFields | undefined; readonly validation: Validation } {
  if (!isPlain(document))
    return {
      fields: undefined,
      validation: { valid: false, violations: ['The document must be an object.'], warnings: [] },
    };
  const violations: string[] = [];
  const demand = (isRight: boolean, violation: string): void => {
    if (!isRight) violations.push(violation);
  };
  const text = (name: string): string | undefined => {
    const value = document[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '' && value.length <= 2048) return value;
    violations.push(`${name} must be a text.`);
    return undefined;
  };
  const list = (name: string): string[] | undefined => {
    const value = document[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
    violations.push(`${name} must be a list of texts.`);
    return undefined;
  };

  demand(text('client_id') === url, 'client_id must be the URL of the document.');
  const name = text('client_name');
  demand(name !== undefined && name.length <= MAX_TEXT && !/[<>]/.test(name), 'client_name is required.');
  const callbacks = list('redirect_uris') ?? [];
  demand(callbacks.length > 0 && callbacks.every(isCallback), 'redirect_uris must list URLs to redirect to.');
  const grants = list('grant_types') ?? [];
  demand(
    grants.includes('authorization_code') && grants.every((grant) => GRANTS.includes(grant)),
    `grant_types must list authorization_code, and no others than ${GRANTS.join(' and ')}.`,
  );
  const responses = list('response_types');
  demand(responses === undefined || responses.includes('code'), 'response_types must list code.');
  const method = text('token_endpoint_auth_method') ?? 'none';
  const known = METHODS.find((one) => one === method);
  demand(known !== undefined, `token_endpoint_auth_method must be one of ${METHODS.join(', ')}.`);
  demand(document['client_secret'] === undefined, 'client_secret must not be in a public document.');
  demand(document['jwks'] === undefined, 'jwks is not supported: use jwks_uri.');
  const logo = text('logo_uri');
  const keys = text('jwks_uri');
  demand(logo === undefined || isHttpUrl(logo), 'logo_uri must be a URL.');
  demand(keys === undefined || isSameOrigin(keys, url), 'jwks_uri must have the origin of the document.');
  demand(method !== 'private_key_jwt' || keys !== undefined, 'private_key_jwt needs jwks_uri.');

  const valid = violations.length === 0;
  const validation = { valid, violations, warnings: warningsOf(document) };
  if (!valid || name === undefined || known === undefined) return { fields: undefined, validation };
  const fields: MappedFields = {
    external_client_id: url,
    name,
    callbacks: [...new Set(callbacks)],
    ...(logo !== undefined && { logo_uri: logo }),
    grant_types: GRANTS.filter((grant) => grants.includes(grant)),
    app_type: document['application_type'] === 'web' ? 'regular_web' : 'native',
    token_endpoint_auth_method: known,
    ...(keys !== undefined && { jwks_uri: keys }),
  };
  return { fields, validation };
}

function warningsOf(document: Readonly<Record<string, unknown>>): string[] {
  const others = Object.keys(document)
    .filter((name) => !SUPPORTED.has(name) && name !== 'client_secret' && name !== 'jwks')
    .map((name) => name.slice(0, 100));
  return others.length === 0
    ? []
    : [
        `Ignoring unsupported properties: ${others.join(', ')}. These properties are not validated or mapped to the Auth0 client configuration.`,
      ];
}

function isCallback(text: string): boolean {
  const url = text.length <= 2048 && !text.includes('*') ? URL.parse(text) : null;
  return url !== null && !text.includes('#') && !FORBIDDEN_SCHEMES.test(url.protocol) && url.username === '';
}

const isHttpUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

const isSameOrigin = (text: string, other: string): boolean =>
  isHttpUrl(text) && new URL(text).origin === new URL(other).origin;
