import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { parameter } from './require-callback.ts';

const RESPONSE_TYPES = ['code', 'token', 'id_token'];
const RESPONSE_MODES = ['query', 'fragment', 'form_post', 'web_message'] as const;
const PROMPTS = ['none', 'login', 'consent', 'select_account'];

/** The words of a space-separated parameter, without duplicates. */
export const wordsOf = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(' ').filter((word) => word !== '')),
];

/** Throws `unsupported_response_type`, or `unauthorized_client` if the client lacks the grant for it. */
export function parseResponseTypes(client: Client, parameters: URLSearchParams): string[] {
  const text = parameter(parameters, 'response_type');
  if (text === undefined) throw invalidRequest('Missing required parameter: response_type');
  const types = wordsOf(text);
  const strict = client.third_party_security_mode === 'strict';
  if (types.some((type) => !RESPONSE_TYPES.includes(type) || (strict && type !== 'code')))
    throw new Refusal(
      'unsupported_response_type',
      `Unsupported response type: ${text}`,
      strict ? 'third_party_response_type' : undefined,
    );
  const grants = types.map((type) => (type === 'code' ? 'authorization_code' : 'implicit'));
  const missing = grants.find((grant) => !client.grant_types.includes(grant));
  if (missing !== undefined)
    throw new Refusal(
      'unauthorized_client',
      `Grant type '${missing}' not allowed for the client.`,
      'grant_type_disabled',
    );
  return types;
}

const defaultMode = (types: readonly string[]): AuthorizeRequest['response_mode'] =>
  types.length === 1 && types[0] === 'code' ? 'query' : 'fragment';

/** The response mode for an error, read before the request is validated; falls back to a default if it is invalid. */
export function guessResponseMode(parameters: URLSearchParams): AuthorizeRequest['response_mode'] {
  const types = wordsOf(parameter(parameters, 'response_type'));
  const asked = RESPONSE_MODES.find((mode) => mode === parameters.get('response_mode'));
  const known = types.every((type) => RESPONSE_TYPES.includes(type));
  const fallback = known && types.length > 0 ? defaultMode(types) : 'query';
  return asked === undefined || (asked === 'query' && fallback === 'fragment') ? fallback : asked;
}

/** Throws `invalid_request` for tokens in a query: servers and browser histories record queries. */
export function parseResponseMode(
  types: readonly string[],
  parameters: URLSearchParams,
): AuthorizeRequest['response_mode'] {
  const text = parameter(parameters, 'response_mode');
  if (text === undefined) return defaultMode(types);
  const mode = RESPONSE_MODES.find((known) => known === text);
  if (mode === undefined) throw invalidRequest(`Unsupported response_mode: ${text}`);
  if (mode === 'query' && defaultMode(types) === 'fragment')
    throw invalidRequest('response_mode=query is not allowed for this response_type');
  return mode;
}

/** `none` cannot be combined with other values. */
export function parsePrompt(parameters: URLSearchParams): string[] {
  const prompt = wordsOf(parameter(parameters, 'prompt'));
  const unknown = prompt.find((word) => !PROMPTS.includes(word));
  if (unknown !== undefined) throw invalidRequest(`Unsupported prompt: ${unknown}`);
  if (prompt.includes('none') && prompt.length > 1)
    throw invalidRequest('prompt=none cannot be combined with other values');
  return prompt;
}

/** In whole seconds. */
export function parseMaxAge(parameters: URLSearchParams): number | undefined {
  const text = parameter(parameters, 'max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalidRequest('max_age must be a number of seconds');
  return Number(text);
}
