import { isNamespaced } from '../actions/custom-claims.ts';
import type { TokenEffects } from '../state/action-documents.ts';
import type { ResourceServer } from '../state/settings-documents.ts';

/** The granted scopes with the changes of Actions. */
export function applyToScope(scope: readonly string[], effects: TokenEffects | undefined): string[] {
  if (!effects) return [...scope];
  const { addedScopes, removedScopes } = effects;
  return [...new Set([...scope, ...addedScopes])].filter((each) => !removedScopes.includes(each));
}

/** The custom claims of an access token. Auth0's own APIs accept only names with a namespace. */
export function customAccessClaims(
  effects: TokenEffects | undefined,
  api: Pick<ResourceServer, 'is_system'>,
): Readonly<Record<string, unknown>> {
  const claims = effects?.accessToken ?? {};
  if (!api.is_system) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => isNamespaced(name)));
}
