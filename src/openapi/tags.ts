/** What the groups of operations are for, by the tags of our own rows. */
const descriptions: Readonly<Record<string, string>> = {
  Accounts: 'Sign-up, sign-in with a password, a new password, and refresh.',
  Passwordless: 'Sign-in by a code or a link that is sent.',
  Profile: 'What the tenant keeps of the user who is signed in.',
  Sessions: 'Who is signed in, where else, and the ways out.',
  'Redirect login': "Sign-in at the tenant's pages: authorization code with PKCE.",
  'Second factor': "A sign-in's second factor, in the frontend's own pages.",
  Tokens: 'Access tokens for machine clients.',
  'World Mappers': 'Places by name, and names by place.',
  Upstreams:
    'Services behind this gateway, declared in its routes file. What they take and answer, they say themselves.',
  About: 'This gateway itself: its health, its API, its error codes.',
};

/** For the tags of rows of an operator's module. */
const OPERATOR_TAG = 'Routes that the operator of this gateway has added.';

export const toTags = (names: readonly string[]): { name: string; description: string }[] =>
  [...new Set(names)].map((name) => ({ name, description: descriptions[name] ?? OPERATOR_TAG }));
