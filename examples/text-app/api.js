/** Calls the API as the user of a session. */
export function createApi({ url, signIn }) {
  const get = ({ tokens }, name) =>
    fetch(new URL(`/api/${name}`, url), {
      headers: { authorization: `Bearer ${tokens.access_token}` },
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
    /** The status and the content of a resource; with new tokens where the access token has expired. */
    async read(session, name) {
      const { tokens } = session;
      let response = await get(session, name);
      if (response.status === 401) {
        // Another request may have renewed them meanwhile.
        if (session.tokens === tokens) await renew(session);
        response = await get(session, name);
      }
      return { status: response.status, content: await response.json() };
    },
  };
}
