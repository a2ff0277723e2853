import { constants, createHash, createHmac, type KeyObject, privateEncrypt } from 'node:crypto';
import { encode, goodClaims, signBytes, type TestKey } from './signer.ts';

const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');

const join = (header: Record<string, unknown>, signature: (input: string) => Buffer): string => {
  const input = `${encode({ typ: 'JWT', ...header })}.${encode(goodClaims())}`;
  return `${input}.${signature(input).toString('base64url')}`;
};

/** HMACs with each public part of a key as secret (CVE-2022-23541 and similar). */
export function makeHmacConfusions({ kid, publicKey, jwk }: TestKey): Record<string, string> {
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const secrets: Record<string, string | Buffer> = {
    'spki pem': spki,
    'spki pem, trimmed': spki.trim(),
    'spki pem, crlf': spki.replaceAll('\n', '\r\n'),
    'pkcs1 pem': pkcs1,
    'pkcs1 pem, trimmed': pkcs1.trim(),
    'spki der': publicKey.export({ type: 'spki', format: 'der' }),
    'pkcs1 der': publicKey.export({ type: 'pkcs1', format: 'der' }),
    modulus: Buffer.from(String(jwk.n), 'base64url'),
    'modulus text': String(jwk.n),
    'jwk text': JSON.stringify(jwk),
    kid,
    empty: '',
  };
  const tokens: Record<string, string> = {};
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    for (const [name, secret] of Object.entries(secrets)) {
      const digest = `sha${alg.slice(2)}`;
      tokens[`${alg} ${name}`] = join({ alg, kid }, (input) =>
        createHmac(digest, secret).update(input).digest(),
      );
      tokens[`RS256 in name, ${alg} ${name}`] = join({ alg: 'RS256', kid }, (input) =>
        createHmac(digest, secret).update(input).digest(),
      );
    }
  }
  return tokens;
}

/** `00 01 ff… 00 DigestInfo` (RFC 8017 §9.2), the only valid padding. */
function padPkcs1(digestInfo: Buffer, bytes: number): Buffer {
  const filling = Buffer.alloc(bytes - 3 - digestInfo.length, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), filling, Buffer.from([0]), digestInfo]);
}

const sha256 = (input: string): Buffer => createHash('sha256').update(input).digest();
const infoOf = (prefix: string, hash: Buffer): Buffer => Buffer.concat([Buffer.from(prefix, 'hex'), hash]);

type Padding = (input: string, bytes: number) => Buffer;

const strictPadding: Padding = (input, bytes) =>
  padPkcs1(Buffer.concat([sha256Prefix, sha256(input)]), bytes);

/** The valid block with one changed byte. */
const changed =
  (at: number, to: number): Padding =>
  (input, bytes) => {
    const block = strictPadding(input, bytes);
    block[at] = to;
    return block;
  };

/** Short padding and additional bytes after the hash (Bleichenbacher 2006). */
const trailing =
  (filling: number, rubbish: number): Padding =>
  (input, bytes) => {
    const head = padPkcs1(Buffer.concat([sha256Prefix, sha256(input)]), filling + 3 + 51);
    return Buffer.concat([head, Buffer.alloc(bytes - head.length, rubbish)]);
  };

const info =
  (make: (input: string) => Buffer): Padding =>
  (input, bytes) =>
    padPkcs1(make(input), bytes);

const otherHash = (prefix: string, name: string): Padding =>
  info((input) => infoOf(prefix, createHash(name).update(input).digest()));

const structural: Readonly<Record<string, Padding>> = {
  'no parameters': info((input) =>
    infoOf('302f300b0609608648016503040201 0420'.replace(' ', ''), sha256(input)),
  ),
  'parameters not NULL': info((input) => infoOf('3031300d060960864801650304020105010420', sha256(input))),
  'long-form length outside': info((input) =>
    infoOf('308131300d060960864801650304020105000420', sha256(input)),
  ),
  'long-form length of the hash': info((input) =>
    infoOf('3032300d06096086480165030402010500048120', sha256(input)),
  ),
  'indefinite length': info((input) =>
    Buffer.concat([infoOf('3080300d060960864801650304020105000420', sha256(input)), Buffer.alloc(2)]),
  ),
  'set for sequence': info((input) => infoOf('3131300d060960864801650304020105000420', sha256(input))),
  'bit string for octets': info((input) => infoOf('3031300d060960864801650304020105000320', sha256(input))),
  'hash alone': info(sha256),
  'hash too short': info((input) =>
    infoOf('3030300d06096086480165030402010500041f', sha256(input).subarray(0, 31)),
  ),
  'hash too long': info((input) =>
    Buffer.concat([infoOf('3032300d060960864801650304020105000421', sha256(input)), Buffer.alloc(1)]),
  ),
  'byte after the hash': info((input) => Buffer.concat([sha256Prefix, sha256(input), Buffer.alloc(1)])),
  'hash of another text': info((input) => Buffer.concat([sha256Prefix, sha256(`${input}x`)])),
  'empty hash': info(() => Buffer.from('3011300d060960864801650304020105000400', 'hex')),
  sha1: otherHash('3021300906052b0e03021a05000414', 'sha1'),
  sha384: otherHash('3041300d060960864801650304020205000430', 'sha384'),
  sha512: otherHash('3051300d060960864801650304020305000440', 'sha512'),
  md5: otherHash('3020300c06082a864886f70d020505000410', 'md5'),
  'sha512 named, sha256 hash': info((input) =>
    infoOf('3031300d060960864801650304020305000420', sha256(input)),
  ),
  'no zero before the hash': (input, bytes) => {
    const block = strictPadding(input, bytes);
    block[bytes - 52] = 0xff;
    return block;
  },
  'no filling': trailing(0, 0),
};

/** Two hundred RSA signatures of the key with wrong PKCS#1 v1.5 padding. */
export function makePaddingMutants(key: TestKey): Record<string, string> {
  const paddings: Record<string, Padding> = { ...structural };
  for (const [at, to] of [
    [0, 0x40],
    [1, 0],
    [1, 2],
    [1, 0xff],
  ] as const)
    paddings[`byte ${at} is ${to}`] = changed(at, to);
  for (const filling of [1, 7, 8, 9, 64, 128, 200, 201]) {
    for (const rubbish of [0, 0xff])
      paddings[`filling ${filling}, then ${rubbish}`] = trailing(filling, rubbish);
  }
  for (let at = 2; Object.keys(paddings).length < 200; at += 1)
    paddings[`filling byte ${at}`] = changed(at, at % 2 ? 0 : 0xfe);
  const make = (padding: Padding): string =>
    join({ alg: key.alg, kid: key.kid }, (input) => encryptRaw(key.privateKey, padding(input, 256)));
  return Object.fromEntries(Object.entries(paddings).map(([name, padding]) => [name, make(padding)]));
}

/** A signature with the correct padding, to show that the others fail only because of their padding. */
export function makeHandPadded(key: TestKey): string {
  return join({ alg: key.alg, kid: key.kid }, (input) =>
    encryptRaw(key.privateKey, strictPadding(input, 256)),
  );
}

function encryptRaw(key: KeyObject, block: Buffer): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

/**
 * ES256 signatures at the limits of the group, of other lengths, and in DER (RFC 7518 §3.4 requires r and s
 * concatenated).
 */
export function makeEcdsaForgeries(key: TestKey): Record<string, string> {
  const edges = { 0: 0n, 1: 1n, 'n-1': order - 1n, n: order, 'n+1': order + 1n, max: 2n ** 256n - 1n };
  const header = { alg: 'ES256', kid: key.kid };
  const tokens: Record<string, string> = {};
  for (const [nameR, r] of Object.entries(edges)) {
    for (const [nameS, s] of Object.entries(edges)) {
      tokens[`r=${nameR} s=${nameS}`] = join(header, () => Buffer.concat([bytes(r), bytes(s)]));
    }
    tokens[`good r, s=${nameR}`] = join(header, (input) =>
      Buffer.concat([signBytes('ES256', key.privateKey, input).subarray(0, 32), bytes(r)]),
    );
  }
  const reshaped: Record<string, (signature: Buffer) => Buffer> = {
    der: toDer,
    'leading zeros': (good) =>
      Buffer.concat([Buffer.alloc(1), good.subarray(0, 32), Buffer.alloc(1), good.subarray(32)]),
    'one byte more': (good) => Buffer.concat([good, Buffer.alloc(1)]),
    'one byte less': (good) => good.subarray(0, 63),
    'r alone': (good) => good.subarray(0, 32),
    'one zero': () => Buffer.alloc(1),
    swapped: (good) => Buffer.concat([good.subarray(32), good.subarray(0, 32)]),
    twice: (good) => Buffer.concat([good, good]),
  };
  for (const [name, reshape] of Object.entries(reshaped)) {
    tokens[name] = join(header, (input) => reshape(signBytes('ES256', key.privateKey, input)));
  }
  return tokens;
}

function toDerInteger(part: Buffer): Buffer {
  const plain = part[0] !== undefined && part[0] > 127 ? Buffer.concat([Buffer.alloc(1), part]) : part;
  return Buffer.concat([Buffer.from([2, plain.length]), plain]);
}

function toDer(signature: Buffer): Buffer {
  const body = Buffer.concat([toDerInteger(signature.subarray(0, 32)), toDerInteger(signature.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
