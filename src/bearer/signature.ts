import type { KeyObject } from 'node:crypto';
import { expressjwt, UnauthorizedError } from 'express-jwt';
import type { SigningAlg } from './token-policy.ts';

type Middleware = ReturnType<typeof expressjwt>;
type MiddlewareRequest = Parameters<Middleware>[0];
type MiddlewareResponse = Parameters<Middleware>[1];

/** What express-jwt reads of a request, and `auth`, which it writes when the signature is good. */
interface SignatureRequest {
  readonly method: 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
  readonly key: KeyObject;
  auth?: unknown;
}

export type CheckSignature = (token: string, alg: SigningAlg, key: KeyObject) => Promise<boolean>;

/**
 * express-jwt as a function: one instance for each algorithm, so that a token is only ever checked with the one its
 * key serves. It sees a request of our making, never the real one, whose `OPTIONS` it would let through unchecked.
 * Time claims are left to us, since they are judged on every request and by our clock.
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
      // express-jwt touches no more of a request than the fields above, and nothing of a response.
      if (check) void check(request as unknown as MiddlewareRequest, {} as MiddlewareResponse, done);
      else resolve(false);
    });
}

/** The request that we handed in, which express-jwt hands back under Express's type. */
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
