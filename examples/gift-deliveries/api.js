/**
 * Calls the gateway as a machine client (client credentials, RFC 6749 §4.4). The token is kept and shared by all calls; after a
 * 401 it is replaced, and the call made once more.
 */
export function createApi({ gatewayUrl, clientId, clientSecret }) {
  let token;

  async function fetchToken() {
    const response = await fetch(new URL('/v1/oauth/token', gatewayUrl), {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa([clientId, clientSecret].map(encodeURIComponent).join(':'))}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`no token: ${answer.error_description ?? answer.error}`);
    return answer.access_token;
  }

  /** A promise, so that calls at the same time ask once. A failure is not kept. */
  function readToken() {
    const reading = (token ??= fetchToken());
    reading.catch(() => forget(reading));
    return reading;
  }

  function forget(old) {
    if (token === old) token = undefined;
  }

  async function send(path, query) {
    const url = new URL(`${path}?${new URLSearchParams(query)}`, gatewayUrl);
    const used = readToken();
    const headers = { authorization: `Bearer ${await used}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
    if (response.status === 401) forget(used);
    return response;
  }

  /** The content of a resource. */
  return async function get(path, query) {
    let response = await send(path, query);
    if (response.status === 401) response = await send(path, query);
    const content = await response.json();
    if (!response.ok)
      throw new Error(`${path}: ${response.status} ${content.detail ?? ''} (${content.code})`);
    return content;
  };
}
