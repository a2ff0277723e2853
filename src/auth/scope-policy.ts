import { GatewayError } from '../errors.ts';

const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];
const DEFAULT_OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/** The scopes and audiences that callers may request at a sign-in; they choose nothing else. */
export interface ScopePolicy {
  /** @throws GatewayError `validation_failed` for an audience that is not configured */
  toAudience(requested: string | undefined): string;
  /** @throws GatewayError `invalid_scope` */
  toScope(requested: string | undefined, audience: string): string;
}

export interface ScopePolicyOptions {
  /** The first is the default. */
  readonly audiences: readonly string[];
  /** `AUTH0_ADMIN_AUDIENCE`: any scope may be asked for, since permissions alone count there. */
  readonly adminAudience?: string | undefined;
  /** `AUTH0_DEFAULT_SCOPE`, where it is set. */
  readonly defaultScope: string | undefined;
  /** Scopes that the resource routes of an audience require: the same array until the routes change. */
  readonly scopesOf: (audience: string) => readonly string[];
}

/** Names the refused scopes, if well-formed (RFC 6749 §3.3), and the allowed ones. */
function toDetail(refused: readonly string[], allowed: ReadonlySet<string>): string {
  const named = refused.filter((scope) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)).slice(0, 10);
  const without = named.length > 0 ? `Leave out ${named.join(' ')}. ` : '';
  return `${without}Available scopes: ${[...allowed].join(' ')}.`;
}

export function createScopePolicy(options: ScopePolicyOptions): ScopePolicy {
  const { audiences, adminAudience, defaultScope, scopesOf } = options;
  const configured = defaultScope?.split(' ').filter(Boolean);
  const toScopes = (rows: readonly string[]) => {
    const ofDefault = configured ?? [...DEFAULT_OIDC_SCOPES, ...rows];
    return { rows, allowed: new Set([...OIDC_SCOPES, ...rows, ...ofDefault]), whole: ofDefault.join(' ') };
  };
  const byAudience = new Map(audiences.map((audience) => [audience, toScopes(scopesOf(audience))]));

  /** The scopes of an audience, computed anew after the routes have changed. */
  function read(audience: string): ReturnType<typeof toScopes> | undefined {
    const known = byAudience.get(audience);
    const rows = scopesOf(audience);
    if (!known || known.rows === rows) return known;
    const scopes = toScopes(rows);
    byAudience.set(audience, scopes);
    return scopes;
  }

  return {
    toAudience(requested) {
      const audience = requested ?? audiences[0] ?? '';
      if (byAudience.has(audience) || audience === adminAudience) return audience;
      throw new GatewayError('validation_failed', {
        errors: [{ path: 'audience', message: 'is not an API of this gateway' }],
      });
    },
    toScope(requested, audience) {
      if (audience === adminAudience) return requested ?? DEFAULT_OIDC_SCOPES.join(' ');
      const known = read(audience);
      if (!known) throw new GatewayError('internal', { reason: 'audience' });
      if (requested === undefined) return known.whole;
      const refused = requested.split(' ').filter((scope) => !known.allowed.has(scope));
      if (refused.length === 0) return requested;
      throw new GatewayError('invalid_scope', { detail: toDetail(refused, known.allowed) });
    },
  };
}
