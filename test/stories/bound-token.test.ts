import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nowS } from '../../src/lib/clock.ts';
import { writeSeedFile } from '../support/seed-file.ts';
import { startWorld, type World } from '../support/world.ts';

const seed = {
  resource_servers: [
    { identifier: 'urn:worldmappers', proof_of_possession: { mechanism: 'dpop', required: false } },
  ],
};

let world: World;
beforeAll(async () => {
  world = await startWorld({}, writeSeedFile(seed));
});
afterAll(() => world.close());

/** A machine token of the embedded tenant, bound to a key if a DPoP proof is sent. */
async function getToken(proof?: string): Promise<string> {
  const response = await fetch(`${world.tenant.origin}/oauth/token`, {
    method: 'POST',
    headers: proof === undefined ? {} : { dpop: proof },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      audience: 'urn:worldmappers',
      ...world.tenant.credentials('gift-deliveries'),
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

it('a token that the tenant bound to a DPoP key is refused as a bearer token', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const proof = await new SignJWT({ jti: 'one', htm: 'POST', htu: `${world.tenant.origin}/oauth/token` })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .setIssuedAt(nowS(world.clock))
    .sign(privateKey);
  const bound = await getToken(proof);
  expect(decodeJwt(bound)).toMatchObject({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });

  const call = (path: string, token: string) =>
    fetch(`${world.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  for (const path of ['/api/location/geocode?q=Oslo', '/v1/auth/session']) {
    const answer = await call(path, bound);
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'invalid_token' }]);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await call(path, await getToken())).status).toBe(200);
  }
});
