import type { GuardRule } from '../http/route.ts';

/** The `WWW-Authenticate` headers of a row's refusals. */
export interface Challenges {
  readonly noCredentials: Readonly<Record<string, string>>;
  readonly invalidRequest: Readonly<Record<string, string>>;
  /** `description` becomes `error_description`. */
  readonly invalidToken: (description: string | undefined) => Readonly<Record<string, string>>;
  readonly insufficientScope: Readonly<Record<string, string>>;
  readonly stepUp: Readonly<Record<string, string>>;
}

/** RFC 6750 §3, with `resource_metadata` (RFC 9728 §5.1) on each and the parameters of RFC 9470 §3. */
export function toChallenges(rule: GuardRule, publicUrl: string, path: string): Challenges {
  const metadata = `${publicUrl}/.well-known/oauth-protected-resource${toStablePath(path)}`;
  const realm = 'gatehouse';
  const challenge = (params: Record<string, string | undefined>): Readonly<Record<string, string>> => ({
    'WWW-Authenticate': toHeader({ realm, ...params, resource_metadata: metadata }),
  });
  return {
    noCredentials: {
      'WWW-Authenticate': toHeader({ realm, resource_metadata: metadata, scope: toScope(rule) }),
    },
    invalidRequest: challenge({ error: 'invalid_request' }),
    invalidToken: (description) => challenge({ error: 'invalid_token', error_description: description }),
    insufficientScope: challenge({ error: 'insufficient_scope', scope: toScope(rule) }),
    stepUp: challenge({
      error: 'insufficient_user_authentication',
      max_age: rule.max_age?.toString(),
      acr_values: rule.acr?.join(' '),
    }),
  };
}

function toScope(rule: GuardRule): string | undefined {
  const { scopes = [], anyScope = [], permissions = [], scopesOrPermissions = [] } = rule;
  const named = new Set([...scopes, ...anyScope, ...permissions, ...scopesOrPermissions]);
  return named.size > 0 ? [...named].join(' ') : undefined;
}

/** The part of a row's path that is the same for every request: up to its first `{name}` or `/*`. */
export function toStablePath(path: string): string {
  return path.replace(/\/[^/]*[{*].*$/, '');
}

/** Throws a `TypeError` for text of a row that is not allowed in the header. */
function toHeader(params: Record<string, string | undefined>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (!/^[ !#-[\]-~]*$/.test(value))
      throw new TypeError(`${name} contains characters that a challenge does not allow: ${value}`);
    parts.push(`${name}="${value}"`);
  }
  return `Bearer ${parts.join(', ')}`;
}
