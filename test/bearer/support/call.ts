import { Agent, request } from 'undici';

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly challenge: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Record<string, unknown>;
}

const agent = new Agent({ connections: null, headersTimeout: 15_000 });

/** One GET with the token as its bearer credentials; without a token, with no credentials. */
export async function call(url: string, token?: string, authorization?: string): Promise<Answer> {
  const value = authorization ?? (token === undefined ? undefined : `Bearer ${token}`);
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    headers: value === undefined ? {} : { authorization: value },
  });
  const json = (await body.json()) as Record<string, unknown>;
  return {
    status: statusCode,
    code: typeof json.code === 'string' ? json.code : undefined,
    challenge: headers['www-authenticate'] as string | undefined,
    retryAfter: headers['retry-after'] as string | undefined,
    body: json,
  };
}

/** Whether this is the one answer that every refused token gets, whatever the reason. */
function isRefusal({ status, code, challenge, body }: Answer): boolean {
  const isPlain = Object.keys(body).length === 2 && body.detail === 'The access token is not valid.';
  return status === 401 && code === 'invalid_token' && isPlain && refusalChallenge.test(challenge ?? '');
}

const refusalChallenge = /^Bearer realm="gatehouse", error="invalid_token", resource_metadata="[^"]+"$/;

/** Sends each token; returns what was not answered as every refused token is. Empty is what a test wants. */
export async function findUnrefused(
  url: string,
  tokens: Readonly<Record<string, string>>,
): Promise<Record<string, Answer>> {
  const unrefused: Record<string, Answer> = {};
  await Promise.all(
    Object.entries(tokens).map(async ([name, token]) => {
      const answer = await call(url, token);
      if (!isRefusal(answer)) unrefused[name] = answer;
    }),
  );
  return unrefused;
}
