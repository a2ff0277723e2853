import { GatewayError } from '../errors.ts';

const oidcScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];
const defaultOidcScopes = ['openid', 'profile', 'email', 'offline_access'];

/** Which scopes and audiences a sign-in may have. Everything else of it is never the caller's to choose. */
export interface ScopePolicy {
  /** @throws GatewayError `validation_failed` for an audience that is not configured */
  toAudience(asked: string | undefined): string;
  /** @throws GatewayError `invalid_scope` */
  toScope(asked: string | undefined, audience: string): string;
}

export interface ScopePolicyOptions {
  /** The first is the default. */
  readonly audiences: readonly string[];
  /** `AUTH0_DEFAULT_SCOPE`, where it is set. */
  readonly defaultScope: string | undefined;
  /** Scopes that the resource rows of an audience guard. */
  readonly scopesOf: (audience: string) => readonly string[];
}

export function createScopePolicy({ audiences, defaultScope, scopesOf }: ScopePolicyOptions): ScopePolicy {
  const configured = defaultScope?.split(' ').filter(Boolean);
  const byAudience = new Map(
    audiences.map((audience) => {
      const rows = scopesOf(audience);
      const ofDefault = configured ?? [...defaultOidcScopes, ...rows];
      return [
        audience,
        { allowed: new Set([...oidcScopes, ...rows, ...ofDefault]), whole: ofDefault.join(' ') },
      ];
    }),
  );
  return {
    toAudience(asked) {
      const audience = asked ?? audiences[0] ?? '';
      if (byAudience.has(audience)) return audience;
      throw new GatewayError('validation_failed', {
        errors: [{ path: 'audience', message: 'is not an API of this gateway' }],
      });
    },
    toScope(asked, audience) {
      const known = byAudience.get(audience);
      if (!known) throw new GatewayError('internal', { reason: 'audience' });
      if (asked === undefined) return known.whole;
      if (asked.split(' ').every((scope) => known.allowed.has(scope))) return asked;
      throw new GatewayError('invalid_scope');
    },
  };
}
