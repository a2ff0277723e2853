import { Agent, request } from 'undici';
import { ERROR_TABLE } from '../../../src/errors.ts';

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly challenge: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Record<string, unknown>;
}

const agent = new Agent({ connections: null, headersTimeout: 15_000 });

/** Sends a GET with the bearer token, or without credentials. */
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

/** Whether this is the response to a refused token: with a specific description or the common one. */
function isRefusal({ status, code, challenge, body }: Answer): boolean {
  const [, description] = refusalChallenge.exec(challenge ?? '') ?? [];
  const isPlain =
    Object.keys(body).length === 2 && body.detail === (description ?? ERROR_TABLE.invalid_token.advice);
  const isKnown = description === undefined || visibleKinds.some((kind) => kind.test(description));
  return (
    status === 401 && code === 'invalid_token' && isPlain && isKnown && refusalChallenge.test(challenge ?? '')
  );
}

const refusalChallenge =
  /^Bearer realm="gatehouse", error="invalid_token"(?:, error_description="([^"\\]+)")?, resource_metadata="[^"]+"$/;

/** The reasons that the holder of a token can see in it. */
export const visibleKinds = [
  /has expired/,
  /is not valid yet/,
  /is meant for another API/,
  /comes from another issuer/,
  /is not a JWT/,
  /is bound to its sender \(cnf\)/,
] as const;

/** Sends each token, and returns those that were not refused. Tests expect an empty list. */
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
