/**
 * The requests of load and checks. `{}` in a header or a body is replaced with a value: one per line of `file`, used in
 * turn, `good` is the first. `bad`, if present, must be answered 401.
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

/** The options of `fetch` for one request with this value. */
export function toFetchOptions({ method = 'GET', headers, body }, value) {
  const fill = (text) => text.replace('{}', value);
  const filled = Object.entries(headers).map(([name, text]) => [name, fill(text)]);
  return { method, headers: filled, body: body && fill(body) };
}
