import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import { currentUserScopes } from './management-scopes.ts';

/** Scopes that any tenant knows, whatever the API. */
export const standardScopes = ['openid', 'profile', 'email', 'address', 'phone'] as const;
const standard: ReadonlySet<string> = new Set([...standardScopes, 'offline_access']);

/** Whether a scope is about the user and their session, not about an API. */
export const isStandardScope = (scope: string): boolean => standard.has(scope);

/** The scopes asked for, each once, in the order given; undefined where none were named. */
export function parseScope(scope: unknown): string[] | undefined {
  if (scope === undefined || scope === null) return undefined;
  const isTexts = Array.isArray(scope) && scope.every((entry) => typeof entry === 'string');
  if (typeof scope !== 'string' && !isTexts)
    throw oauthError(400, 'invalid_scope', 'Scope must be an array or a string');
  const words = (isTexts ? scope.join(' ') : scope).split(' ').filter((word) => word !== '');
  return words.length === 0 ? undefined : [...new Set(words)];
}

/** What an API could give a user: of the Management API only what concerns the user themselves. */
export const scopesForUsers = (api: ResourceServer): string[] =>
  api.scopes
    .map((scope) => scope.value)
    .filter((value) => !api.is_system || currentUserScopes.includes(value));

/** Whether a sign-in that asked for `offline_access` gets a refresh token. */
export const mayGoOffline = (client: Client, api: ResourceServer | undefined): boolean =>
  client.grant_types.includes('refresh_token') && (api === undefined || api.allow_offline_access);

/**
 * What a sign-in by password asks for: without a scope all of the API's (without an API, all standard ones); with
 * `openid` alone all standard ones. Recorded so on Auth0: the password counts as full consent.
 */
export function scopeForPassword(
  requested: readonly string[] | undefined,
  api: ResourceServer | undefined,
): readonly string[] {
  if (requested === undefined) return api ? scopesForUsers(api) : standardScopes;
  return requested.length === 1 && requested[0] === 'openid' ? standardScopes : requested;
}

export interface UserScopeRequest {
  readonly requested: readonly string[];
  readonly client: Client;
  readonly api: ResourceServer | undefined;
  /** Of the API's scopes only these; undefined: all of them. */
  readonly allowed: ReadonlySet<string> | undefined;
}

/**
 * What is granted of the scopes asked for. The others drop out without a word, as on Auth0; so do OpenID Connect's
 * for strict third parties.
 */
export function grantUserScopes({ requested, client, api, allowed }: UserScopeRequest): string[] {
  const offered = new Set(api ? scopesForUsers(api) : []);
  return requested.filter((scope) => {
    if (scope === 'offline_access') return mayGoOffline(client, api);
    return (
      (standard.has(scope) && client.third_party_security_mode !== 'strict') ||
      (offered.has(scope) && (allowed?.has(scope) ?? true))
    );
  });
}
