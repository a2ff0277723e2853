import {
  createLocalJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { expect } from 'vitest';
import type { Answer, Target } from './target.ts';

/** The parts of a response that a failing test may print: no tokens. */
export const summaryOf = ({ status, text, json }: Answer): string =>
  Object.keys(json).some((name) => name.endsWith('_token'))
    ? `${status} with ${Object.keys(json).join(', ')}`
    : `${status} ${text.slice(0, 1000)}`;

/** Expects an OAuth error with the exact message; a pattern if the reference does not fix the message. */
export function expectError(
  answer: Answer,
  status: number,
  error: string,
  description?: string | RegExp,
): void {
  expect({ status: answer.status, error: answer.json.error }, summaryOf(answer)).toEqual({ status, error });
  expect(answer.headers.get('content-type')).toContain('application/json');
  const actual = answer.json.error_description;
  if (typeof description === 'string') expect(actual).toBe(description);
  else if (description) expect(actual).toMatch(description);
}

export function expectOk(answer: Answer): Answer {
  expect(answer.status, summaryOf(answer)).toBe(200);
  return answer;
}

/** Expects a token response (RFC 6749 §5.1) in Auth0's format. */
export function expectTokens(answer: Answer): Answer {
  expectOk(answer);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.json.access_token, summaryOf(answer)).toBeTypeOf('string');
  expect(answer.json.expires_in).toBeTypeOf('number');
  return answer;
}

/** A string member of a response. Fails if it is not a string. */
export function textOf(answer: Answer, member: string): string {
  const value = answer.json[member];
  expect(value, summaryOf(answer)).toBeTypeOf('string');
  return String(value);
}

export const keysOf = async (target: Target): Promise<JSONWebKeySet> => {
  const { json } = expectOk(await target.get('/.well-known/jwks.json'));
  return { keys: json.keys as JSONWebKeySet['keys'] };
};

/** The claims of a JWT, after a check of signature, issuer and lifetime. */
export async function claimsOf(target: Target, token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(await keysOf(target)), {
    issuer: target.issuer,
    algorithms: ['RS256'],
    currentDate: new Date(target.nowMs()),
    // Tolerance between two machines; the embedded tenant uses the same clock.
    clockTolerance: target.control ? 0 : 5,
  });
  return payload;
}

/** The claims of the response's access token, after a check of Auth0's header. */
export function accessClaims(target: Target, answer: Answer): Promise<JWTPayload> {
  const token = textOf(answer, 'access_token');
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
  return claimsOf(target, token);
}

/** The words of a scope, sorted: their order does not matter. */
export const wordsOf = (scope: unknown): string[] => String(scope).split(' ').toSorted();

/** The statuses of parallel responses, sorted. */
export const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);
