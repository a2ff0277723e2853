import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect } from 'vitest';
import { newUser, signIn, type User } from '../actions.ts';
import { accessClaims, expectError, expectTokens } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Target } from '../target.ts';

/** A client's key, with proofs for one URL (RFC 9449 §4.2). */
async function createProver(target: Target) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const jkt = await calculateJwkThumbprint(jwk);
  const prove = (htu: string): Promise<string> =>
    new SignJWT({ jti: randomUUID(), htm: 'POST', htu, iat: Math.floor(target.nowMs() / 1000) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey);
  return { jkt, prove };
}

const ask = (target: Target, user: User, dpop: string) =>
  signIn(
    target,
    user,
    { audience: target.setting('DPOP_AUDIENCE'), scope: target.setting('DPOP_SCOPE') },
    { headers: { dpop } },
  );

export const dpopRows: readonly ContractRow[] = [
  {
    id: 'DP01',
    title: 'a proof binds the token to its key',
    needs: ['dpop'],
    async run(target) {
      const { jkt, prove } = await createProver(target);
      const proof = await prove(`${target.issuer}oauth/token`);
      const answer = expectTokens(await ask(target, await newUser(target), proof));
      expect(answer.json.token_type).toBe('DPoP');
      expect(await accessClaims(target, answer)).toMatchObject({ cnf: { jkt } });
    },
  },
  {
    id: 'DP02',
    title: 'a proof for another URL, and a used one, answer 400 invalid_dpop_proof',
    needs: ['dpop'],
    async run(target) {
      const user = await newUser(target);
      const { prove } = await createProver(target);
      const elsewhere = await prove('https://elsewhere.example/oauth/token');
      expectError(await ask(target, user, elsewhere), 400, 'invalid_dpop_proof');
      const proof = await prove(`${target.issuer}oauth/token`);
      expectTokens(await ask(target, user, proof));
      expectError(await ask(target, user, proof), 400, 'invalid_dpop_proof');
    },
  },
];
