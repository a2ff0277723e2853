import type { KeyObject } from 'node:crypto';
import { expressjwt, UnauthorizedError } from 'express-jwt';
import type { SigningAlg } from './token-policy.ts';

type Middleware = ReturnType<typeof expressjwt>;
type MiddlewareRequest = Parameters<Middleware>[0];
type MiddlewareResponse = Parameters<Middleware>[1];

/** The parts of a request that express-jwt reads, and `auth`, which it writes after a valid signature. */
interface SignatureRequest {
  readonly method: 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
  readonly key: KeyObject;
  auth?: unknown;
}

export type CheckSignature = (token: string, alg: SigningAlg, key: KeyObject) => Promise<boolean>;

/**
 * Wraps express-jwt as a function. One instance per algorithm, so that a token is checked only with the algorithm of its
 * key. It gets a synthetic request, never the real one: express-jwt skips the check for `OPTIONS`. Time claims are checked
 * elsewhere, on every request.
 */
export function createSignatureCheck(algs: readonly SigningAlg[]): CheckSignature {
  const checks = new Map(algs.map((alg) => [alg, createMiddleware(alg)]));
  return (token, alg, key) =>
    new Promise((resolve, reject) => {
      const request: SignatureRequest = { method: 'GET', headers: {}, token, key };
      const done = (error?: unknown): void => {
        if (error === undefined) resolve(request.auth !== undefined);
        else if (error instanceof UnauthorizedError) resolve(false);
        else reject(error);
      };
      const check = checks.get(alg);
      // express-jwt uses only the request fields above, and nothing of the response.
      if (check) void check(request as unknown as MiddlewareRequest, {} as MiddlewareResponse, done);
      else resolve(false);
    });
}

/** The synthetic request, which express-jwt returns with Express's type. */
const own = (request: MiddlewareRequest): SignatureRequest => request as unknown as SignatureRequest;

function createMiddleware(alg: SigningAlg): Middleware {
  return expressjwt({
    algorithms: [alg],
    getToken: (request) => own(request).token,
    secret: (request) => own(request).key,
    ignoreExpiration: true,
    ignoreNotBefore: true,
  });
}
