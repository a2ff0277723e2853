/** Success messages by their name in the redirect's query; the log uses them too. */
export const NOTICES = {
  clock_forwarded: 'The clock has been moved forward.',
  fault_added: 'The fault has been added.',
  fault_removed: 'The fault has been removed.',
  faults_cleared: 'All faults have been removed.',
  keys_rotated: 'The keys have been rotated. The previous key stays in the JWKS.',
  key_removed: 'The key has been revoked. Tokens that it has signed are no longer valid.',
  user_created: 'The user has been created.',
  user_blocked: 'The user has been blocked.',
  user_unblocked: 'The user has been unblocked.',
  user_deleted: 'The user has been deleted.',
  user_revoked: 'The user’s sessions and refresh tokens have been revoked.',
  organization_created: 'The organization has been created.',
  organization_deleted: 'The organization has been deleted.',
  member_added: 'The user is a member of the organization.',
  member_removed: 'The user is no longer a member of the organization.',
  connection_added: 'The connection has been enabled for the organization.',
  connection_removed: 'The connection has been removed from the organization.',
  invitation_sent: 'The invitation has been mailed: see the inbox.',
  invitation_revoked: 'The invitation has been revoked.',
  signed_in_as: 'This browser is signed in to the tenant as the user. Applications sign in without a page.',
  password_set: 'The password has been set.',
  role_added: 'The role has been assigned.',
  role_removed: 'The role has been removed.',
  session_ended: 'The session has been ended.',
  token_revoked: 'The refresh token has been revoked.',
  consent_revoked: 'The consent has been revoked.',
  addresses_set: 'The URLs have been saved.',
  secret_rotated: 'The application has a new secret. The previous one is invalid.',
  client_revoked: 'The application’s refresh tokens, codes and opaque access tokens have been revoked.',
  imported: 'The export has been imported. Restart programs whose application has a different secret now.',
  seeded: 'The seed has been applied on top of the existing data.',
  reset: 'The tenant has been reset to its seeds. Signing keys and application secrets are unchanged.',
  logout_sent: 'The logout token has been sent.',
} as const satisfies Record<string, string>;

export type Notice = keyof typeof NOTICES;

/** The message of a name from the query, which may be any text. */
export const findNotice = (name: string | null): string | undefined =>
  name !== null && Object.hasOwn(NOTICES, name) ? NOTICES[name as Notice] : undefined;
