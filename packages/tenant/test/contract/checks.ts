import {
  createLocalJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { expect } from 'vitest';
import type { Answer, Target } from './target.ts';

/** What a failing test may say of an answer: no tokens. */
export const summaryOf = ({ status, text, json }: Answer): string =>
  Object.keys(json).some((name) => name.endsWith('_token'))
    ? `${status} with ${Object.keys(json).join(', ')}`
    : `${status} ${text.slice(0, 1000)}`;

/** An OAuth error, to the word; a pattern where the reference leaves the words open. */
export function expectError(
  answer: Answer,
  status: number,
  error: string,
  description?: string | RegExp,
): void {
  expect({ status: answer.status, error: answer.json.error }, summaryOf(answer)).toEqual({ status, error });
  expect(answer.headers.get('content-type')).toContain('application/json');
  const said = answer.json.error_description;
  if (typeof description === 'string') expect(said).toBe(description);
  else if (description) expect(said).toMatch(description);
}

export function expectOk(answer: Answer): Answer {
  expect(answer.status, summaryOf(answer)).toBe(200);
  return answer;
}

/** A token success (RFC 6749 §5.1), as Auth0 answers it. */
export function expectTokens(answer: Answer): Answer {
  expectOk(answer);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.json.access_token, summaryOf(answer)).toBeTypeOf('string');
  expect(answer.json.expires_in).toBeTypeOf('number');
  return answer;
}

/** A text of an answer. Fails where it is none. */
export function textOf(answer: Answer, member: string): string {
  const value = answer.json[member];
  expect(value, summaryOf(answer)).toBeTypeOf('string');
  return String(value);
}

export const keysOf = async (target: Target): Promise<JSONWebKeySet> => {
  const { json } = expectOk(await target.get('/.well-known/jwks.json'));
  return { keys: json.keys as JSONWebKeySet['keys'] };
};

/** The claims of a JWT whose signature, issuer and lifetime hold now. */
export async function claimsOf(target: Target, token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(await keysOf(target)), {
    issuer: target.issuer,
    algorithms: ['RS256'],
    currentDate: new Date(target.nowMs()),
    // Between two machines; the embedded tenant's clock is ours.
    clockTolerance: target.control ? 0 : 5,
  });
  return payload;
}

/** The claims of an answer's access token, which must have Auth0's header. */
export function accessClaims(target: Target, answer: Answer): Promise<JWTPayload> {
  const token = textOf(answer, 'access_token');
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
  return claimsOf(target, token);
}

/** The words of a scope, in order: what counts is which they are. */
export const wordsOf = (scope: unknown): string[] => String(scope).split(' ').toSorted();

/** The statuses of what was asked in parallel, in order. */
export const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
