/** Calls the API as the user of a session. */
export function createApi({ url, signIn }) {
  const send = ({ tokens }, method, path, body) =>
    fetch(new URL(`/api/${path}`, url), {
      method,
      headers: {
        authorization: `Bearer ${tokens.access_token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });

  async function replaceTokens(session) {
    try {
      session.tokens = await signIn.renew(session.tokens);
    } finally {
      session.renewal = undefined;
    }
  }

  /** Renews the tokens of a session, once for all that ask at the same time: a refresh token may be good for one use. */
  function renew(session) {
    session.renewal ??= replaceTokens(session);
    return session.renewal;
  }

  return {
    /** The status and the content of an answer; with new tokens where the access token has expired. */
    async call(session, ...request) {
      const { tokens } = session;
      let response = await send(session, ...request);
      if (response.status === 401) {
        // Another request may have renewed them meanwhile.
        if (session.tokens === tokens) await renew(session);
        response = await send(session, ...request);
      }
      return { status: response.status, content: await response.json() };
    },
  };
}
