import type { Caller, Claims, GuardRule } from '../http/route.ts';
import { SKEW_S } from './claims-policy.ts';

/** What a caller lacks: rights, with a sentence that says what to add, or a more recent or stronger sign-in (RFC 9470). */
export type Lack =
  | { readonly kind: 'rights' | 'own_client'; readonly detail: string }
  | { readonly kind: 'step_up' };

interface Check {
  readonly holds: (caller: Caller) => boolean;
  /** What a caller can do if the requirement is not met. */
  readonly detail: string;
}

const STEP_UP: Lack = { kind: 'step_up' };
const OWN_CLIENT_ONLY: Lack = {
  kind: 'own_client',
  detail: 'Use a session, or a token from a sign-in at this gateway.',
};

/** Compiles a row's rule into a function that returns what a caller lacks, undefined if nothing. */
export function compileRule(
  rule: GuardRule,
  ownClientId: string,
): (caller: Caller, nowS: number) => Lack | undefined {
  const rights = toRightsChecks(rule).map((check) => ({
    check,
    lack: { kind: 'rights', detail: check.detail } as const,
  }));
  const { max_age: maxAgeS, acr, ownClient } = rule;
  return (caller, nowS) => {
    for (const { check, lack } of rights) if (!check.holds(caller)) return lack;
    if (ownClient && caller.kind === 'bearer' && caller.clientId !== ownClientId) return OWN_CLIENT_ONLY;
    if (maxAgeS !== undefined && !isRecent(caller.claims.auth_time, nowS, maxAgeS)) return STEP_UP;
    if (acr && !acr.some((level) => level === caller.claims.acr)) return STEP_UP;
    return undefined;
  };
}

/** `the scope a`, `the scopes a, b`. */
const toList = (noun: string, names: readonly string[]): string =>
  `the ${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;

const withToken = (what: string): string => `Use a token or session that has ${what}.`;

function toRightsChecks(rule: GuardRule): readonly Check[] {
  const { scopes, anyScope, permissions, scopesOrPermissions, claims } = rule;
  const checks: Check[] = [];
  if (scopes)
    checks.push({
      holds: (caller) => scopes.every((one) => caller.scopes.has(one)),
      detail: withToken(toList('scope', scopes)),
    });
  if (anyScope)
    checks.push({
      holds: (caller) => anyScope.some((one) => caller.scopes.has(one)),
      detail: withToken(`one of ${toList('scope', anyScope)}`),
    });
  if (permissions)
    checks.push({
      holds: (caller) => permissions.every((one) => hasPermission(caller.claims, one)),
      detail: withToken(toList('permission', permissions)),
    });
  if (scopesOrPermissions)
    checks.push({
      holds: ({ scopes: held, claims: tokenClaims }) =>
        scopesOrPermissions.every((one) => held.has(one) || hasPermission(tokenClaims, one)),
      detail: withToken(`${toList('scope', scopesOrPermissions)}, or permissions of these names`),
    });
  for (const [name, value] of Object.entries(claims ?? {}))
    checks.push({
      holds: (caller) => caller.claims[name] === value,
      detail: withToken(`the value of the claim ${name} that this route requires`),
    });
  if (rule.user)
    checks.push({
      holds: ({ subject }) => !subject.endsWith('@clients'),
      detail:
        'This route is for users: use the token or session of a user, not the token of a machine client.',
    });
  // Federated providers choose user ids, which may have the same suffix; a machine's subject starts with its own client id.
  if (rule.client)
    checks.push({
      holds: isMachine,
      detail: 'This route is for machine clients: use a token from /v1/oauth/token.',
    });
  return checks;
}

const isMachine = ({ subject, clientId }: Caller): boolean =>
  clientId !== undefined && subject === `${clientId}@clients`;

function hasPermission(claims: Claims, permission: string): boolean {
  return Array.isArray(claims.permissions) && claims.permissions.includes(permission);
}

function isRecent(authTime: unknown, nowS: number, maxAgeS: number): boolean {
  return typeof authTime === 'number' && authTime <= nowS + SKEW_S && nowS - authTime <= maxAgeS;
}
