/**
 * The ways in which load and checks ask a server. `{}` in a header or a body stands for a value, which goes round in
 * `file`, a line each, `good` the first; `bad` must be answered with 401, where there is one.
 */
export const requests = {
  nobody: () => ({ headers: {}, good: '' }),
  bearer: ({ tokens }) => ({ headers: { Authorization: 'Bearer {}' }, ...tokens }),
  session: (_run, { sessions }) => ({ headers: { Cookie: 'gatehouse={}', 'X-CSRF': '1' }, ...sessions }),
  signInForSession: ({ users }) => signIn(users, 'session'),
  signInForTokens: ({ users }) => signIn(users, 'token'),
};

const signIn = (users, mode) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: `{"email":"{}","password":"Correct-Horse-9","mode":"${mode}"}`,
  ...users,
});

/** What `fetch` takes to ask once, with this value. */
export function toFetchOptions({ method = 'GET', headers, body }, value) {
  const fill = (text) => text.replace('{}', value);
  const filled = Object.entries(headers).map(([name, text]) => [name, fill(text)]);
  return { method, headers: filled, body: body && fill(body) };
}
