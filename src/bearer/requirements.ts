import type { Caller, Claims, GuardRule } from '../http/route.ts';
import { skewS } from './claims-policy.ts';

/**
 * What a caller lacks: rights that no new sign-in brings, a token of the gateway's own client, or a fresher or stronger sign-in
 * (RFC 9470).
 */
export type Lack = 'rights' | 'own_client' | 'step_up';

type Check = (caller: Caller) => boolean;

/** Compiles a row's rule once; the judge says what a caller lacks, undefined where it lacks nothing. */
export function compileRule(
  rule: GuardRule,
  ownClientId: string,
): (caller: Caller, nowS: number) => Lack | undefined {
  const rights = toRightsChecks(rule);
  const { max_age: maxAgeS, acr, ownClient } = rule;
  return (caller, nowS) => {
    for (const holds of rights) if (!holds(caller)) return 'rights';
    if (ownClient && caller.kind === 'bearer' && caller.clientId !== ownClientId) return 'own_client';
    if (maxAgeS !== undefined && !isRecent(caller.claims.auth_time, nowS, maxAgeS)) return 'step_up';
    if (acr && !acr.some((level) => level === caller.claims.acr)) return 'step_up';
    return undefined;
  };
}

function toRightsChecks(rule: GuardRule): readonly Check[] {
  const { scopes, anyScope, permissions, scopesOrPermissions, claims } = rule;
  const checks: Check[] = [];
  if (scopes) checks.push((caller) => scopes.every((one) => caller.scopes.has(one)));
  if (anyScope) checks.push((caller) => anyScope.some((one) => caller.scopes.has(one)));
  if (permissions) checks.push((caller) => permissions.every((one) => hasPermission(caller.claims, one)));
  if (scopesOrPermissions) {
    checks.push((caller) =>
      scopesOrPermissions.every((one) => caller.scopes.has(one) || hasPermission(caller.claims, one)),
    );
  }
  for (const [name, value] of Object.entries(claims ?? {})) {
    checks.push((caller) => caller.claims[name] === value);
  }
  if (rule.user) checks.push((caller) => !caller.subject.endsWith('@clients'));
  // A user's id may end so as well, where a federated provider chooses it: a machine's is its own client id.
  if (rule.client) checks.push(isMachine);
  return checks;
}

const isMachine: Check = ({ subject, clientId }) =>
  clientId !== undefined && subject === `${clientId}@clients`;

function hasPermission(claims: Claims, permission: string): boolean {
  return Array.isArray(claims.permissions) && claims.permissions.includes(permission);
}

function isRecent(authTime: unknown, nowS: number, maxAgeS: number): boolean {
  return typeof authTime === 'number' && authTime <= nowS + skewS && nowS - authTime <= maxAgeS;
}
