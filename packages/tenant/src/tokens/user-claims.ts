import type { User } from '../state/user-documents.ts';

type ClaimSource = readonly (readonly [claim: string, read: (user: User) => unknown])[];

/** The claims of each scope, and the user members that they come from. */
const CLAIMS_BY_SCOPE: Readonly<Record<string, ClaimSource>> = {
  profile: [
    ['given_name', (user) => user.given_name],
    ['family_name', (user) => user.family_name],
    ['nickname', (user) => user.nickname],
    ['name', (user) => user.name],
    ['picture', (user) => user.picture],
    ['updated_at', (user) => user.updated_at],
  ],
  email: [
    ['email', (user) => user.email],
    ['email_verified', (user) => (user.email === undefined ? undefined : user.email_verified)],
  ],
  phone: [
    ['phone_number', (user) => user.phone_number],
    ['phone_number_verified', (user) => user.phone_number && (user.phone_verified ?? false)],
  ],
};

/** The user's claims that the scopes allow, for ID tokens and /userinfo (OpenID Connect Core §5.4). */
export function userClaims(user: User, scope: readonly string[]): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, sources] of Object.entries(CLAIMS_BY_SCOPE)) {
    if (!scope.includes(name)) continue;
    for (const [claim, read] of sources) {
      const value = read(user);
      if (value !== undefined) claims[claim] = value;
    }
  }
  return claims;
}
