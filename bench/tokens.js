import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const signAsync = promisify(sign);
const lifetimeS = 7 * 86_400;
const neededS = 86_400;
const atOnce = 64;

/** The gateway's client at the tenant of a run. */
export const clientId = 'bench-client';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * The tokens of a run: `count` different ones, one per line of `file`. They are kept below `outDir` and reused while they are
 * valid for another day, since an RSA signature costs most of a millisecond.
 */
export async function readTokens(outDir, { issuer, audience, scope, count }) {
  const file = join(outDir, 'tokens.txt');
  const metaFile = join(outDir, 'tokens.json');
  const nowS = Math.floor(Date.now() / 1000);
  const kept =
    existsSync(metaFile) && existsSync(file) ? JSON.parse(readFileSync(metaFile, 'utf8')) : undefined;
  const usable =
    kept !== undefined &&
    kept.issuer === issuer &&
    kept.audience === audience &&
    kept.scope === scope &&
    kept.count >= count &&
    kept.expS - nowS > neededS;
  if (usable) return toTokens(file, kept);

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const meta = { issuer, audience, scope, count, expS: nowS + lifetimeS, kid: randomUUID() };
  const header = encode({ alg: 'RS256', typ: 'JWT', kid: meta.kid });
  const mint = async (n) => {
    const subject = `auth0|${String(n).padStart(24, '0')}`;
    const claims = {
      iss: issuer,
      sub: subject,
      aud: audience,
      iat: nowS,
      exp: meta.expS,
      scope,
      azp: clientId,
    };
    const input = `${header}.${encode(claims)}`;
    const signature = await signAsync('sha256', Buffer.from(input), privateKey);
    return `${input}.${signature.toString('base64url')}`;
  };
  const tokens = [];
  while (tokens.length < count) {
    const size = Math.min(atOnce, count - tokens.length);
    tokens.push(...(await Promise.all(Array.from({ length: size }, (_, i) => mint(tokens.length + i)))));
  }
  const kept2 = { ...meta, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  writeFileSync(file, `${tokens.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(metaFile, JSON.stringify(kept2), { mode: 0o600 });
  return toTokens(file, kept2);
}

function toTokens(file, { key, kid, issuer, scope, expS }) {
  const privateKey = createPrivateKey(key);
  const publicKey = createPublicKey(privateKey);
  const mint = (claims) => {
    const input = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
  };
  const good = readFileSync(file, 'utf8').split('\n', 1)[0];
  return {
    file,
    /** The first token of the file. */
    good,
    bad: toForged(good),
    /** The response of the token endpoint to every sign-in. */
    answer: {
      access_token: good,
      id_token: mint({
        iss: issuer,
        sub: 'auth0|bench',
        aud: clientId,
        sid: 'bench',
        iat: expS - lifetimeS,
        exp: expS,
      }),
      refresh_token: 'bench-refresh-token-of-no-worth-anywhere',
      token_type: 'Bearer',
      expires_in: neededS,
      scope: `openid ${scope}`,
    },
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

/** The same token with one byte of its signature changed. */
function toForged(token) {
  const at = token.lastIndexOf('.') + 20;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
