import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import { CURRENT_USER_SCOPES } from './management-scopes.ts';

/** Scopes that exist independently of any API. */
export const STANDARD_SCOPES = ['openid', 'profile', 'email', 'address', 'phone'] as const;
const STANDARD: ReadonlySet<string> = new Set([...STANDARD_SCOPES, 'offline_access']);

/** Whether a scope concerns the user and the session and not an API. */
export const isStandardScope = (scope: string): boolean => STANDARD.has(scope);

/** The requested scopes in order, without duplicates; undefined if none are given. */
export function parseScope(scope: unknown): string[] | undefined {
  if (scope === undefined || scope === null) return undefined;
  const isTexts = Array.isArray(scope) && scope.every((entry) => typeof entry === 'string');
  if (typeof scope !== 'string' && !isTexts)
    throw oauthError(400, 'invalid_scope', 'Scope must be an array or a string');
  const words = (isTexts ? scope.join(' ') : scope).split(' ').filter((word) => word !== '');
  return words.length === 0 ? undefined : [...new Set(words)];
}

/** The scopes that an API can grant to users; for the Management API, only the user scopes. */
export const scopesForUsers = (api: ResourceServer): string[] =>
  api.scopes
    .map((scope) => scope.value)
    .filter((value) => !api.is_system || CURRENT_USER_SCOPES.includes(value));

/** Whether a sign-in with `offline_access` gets a refresh token. */
export const allowsOfflineAccess = (client: Client, api: ResourceServer | undefined): boolean =>
  client.grant_types.includes('refresh_token') && (api === undefined || api.allow_offline_access);

/**
 * The effective scope of a password sign-in: without a scope, all of the API's (without an API, all standard scopes);
 * with `openid` alone, all standard scopes. This matches Auth0, where the password counts as full consent.
 */
export function scopeForPassword(
  requested: readonly string[] | undefined,
  api: ResourceServer | undefined,
): readonly string[] {
  if (requested === undefined) return api ? scopesForUsers(api) : STANDARD_SCOPES;
  return requested.length === 1 && requested[0] === 'openid' ? STANDARD_SCOPES : requested;
}

export interface UserScopeRequest {
  readonly requested: readonly string[];
  readonly client: Client;
  readonly api: ResourceServer | undefined;
  /** Limits the API's scopes to these; undefined: no limit. */
  readonly allowed: ReadonlySet<string> | undefined;
}

/**
 * The granted subset of the requested scopes. Others are dropped without an error, as on Auth0; strict third parties
 * also lose the OpenID Connect scopes.
 */
export function grantUserScopes({ requested, client, api, allowed }: UserScopeRequest): string[] {
  const offered = new Set(api ? scopesForUsers(api) : []);
  return requested.filter((scope) => {
    if (scope === 'offline_access') return allowsOfflineAccess(client, api);
    return (
      (STANDARD.has(scope) && client.third_party_security_mode !== 'strict') ||
      (offered.has(scope) && (allowed?.has(scope) ?? true))
    );
  });
}
