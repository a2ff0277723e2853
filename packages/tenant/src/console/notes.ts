/** Success messages by their name in the redirect's query; the log uses them too. */
export const notes = {
  clock_forwarded: 'The clock has been moved forward.',
  fault_added: 'The fault is armed.',
  fault_removed: 'The fault has been taken away.',
  faults_cleared: 'All faults have been cleared.',
  keys_rotated: 'The next key signs from now on; the one before stays listed.',
  key_removed: 'The key has been taken out: what it has signed is not believed any more.',
  user_created: 'The user has been created.',
  user_blocked: 'The user has been blocked.',
  user_unblocked: 'The user has been unblocked.',
  user_deleted: 'The user has been deleted.',
  user_revoked: 'The user has been signed out everywhere, and their refresh tokens are dead.',
  password_set: 'The password has been set.',
  role_added: 'The role has been given.',
  role_removed: 'The role has been taken away.',
  session_ended: 'The session has been ended.',
  token_revoked: 'The refresh token has been revoked.',
  consent_revoked: 'The consent has been revoked.',
  addresses_set: 'The addresses have been set.',
  secret_rotated: 'The application has a new secret; the one before is worth nothing.',
  client_revoked: 'The application’s refresh tokens, codes and opaque access tokens are dead.',
  imported:
    'The tenant is what the export says now. Programs that run as one of its applications may need a restart.',
  seeded: 'The seed has been laid over what was there.',
  reset: 'The tenant has begun anew with its seeds; signing keys and secrets of applications have stayed.',
  logout_sent: 'The logout token has been sent.',
} as const satisfies Record<string, string>;

export type Note = keyof typeof notes;

/** The message of a name from the query, which may be any text. */
export const findNote = (name: string | null): string | undefined =>
  name !== null && Object.hasOwn(notes, name) ? notes[name as Note] : undefined;
