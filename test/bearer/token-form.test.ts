import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, findUnrefused } from './support/call.ts';
import { encode, goodClaims, makeRsaKey, makeToken, signSegments } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const stranger = makeRsaKey('k1');
let world: World;

beforeAll(async () => {
  world = await startWorld([key]);
});
afterAll(() => world.close());

const refused = (tokens: Record<string, string>): Promise<unknown> => findUnrefused(world.url, tokens);
const withHeader = (header: Record<string, unknown>): string => makeToken(key, goodClaims(), header);
const long = (bytes: number): string => makeToken(key, goodClaims({ pad: 'x'.repeat(bytes) }));
const rawHeader = (text: string | Buffer): string =>
  signSegments(key, Buffer.from(text).toString('base64url'), encode(goodClaims()));
const rawPayload = (payload: string | Buffer): string =>
  signSegments(
    key,
    encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' }),
    Buffer.from(payload).toString('base64url'),
  );

/** The same bytes with another base64url text: the unused bits of the last character are set. */
function setUnusedBits(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(segment.at(-1) ?? '');
  return segment.slice(0, -1) + alphabet[last + 1];
}

/** JSON with unused bits in its base64url text. */
function padJson(value: Record<string, unknown>): string {
  let text = JSON.stringify(value);
  while (Buffer.byteLength(text) % 3 === 0) text += ' ';
  return text;
}

describe('the form of a token', () => {
  it('is valid: 200', async () => {
    const answer = await call(world.url, makeToken(key));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ kind: 'bearer', subject: 'auth0|alice', clientId: 'some-app' });
  });

  it('may have spaces and an unknown member in its header: 200', async () => {
    const tokens = [rawHeader(' { "alg" : "RS256", "typ":"JWT","kid":"k1", "x": {"alg":"none"} } ')];
    for (const token of tokens) expect((await call(world.url, token)).status).toBe(200);
  });

  it('without a signature or under `none` is refused', async () => {
    const tokens: Record<string, string> = {};
    const [, payload = '', signature = ''] = makeToken(key).split('.');
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, 0, ['RS256'], { RS256: 1 }]) {
      const header = encode({ alg, typ: 'JWT', kid: 'k1' });
      tokens[`${JSON.stringify(alg)} empty`] = `${header}.${payload}.`;
      tokens[`${JSON.stringify(alg)} old signature`] = `${header}.${payload}.${signature}`;
    }
    tokens['no alg'] = rawHeader('{"typ":"JWT","kid":"k1"}');
    tokens['RS256 empty'] = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' })}.${payload}.`;
    expect(await refused(tokens)).toEqual({});
  });

  it('with an algorithm that is not listed is refused, correctly signed or not', async () => {
    const tokens: Record<string, string> = {};
    for (const alg of ['RS384', 'RS512', 'PS256', 'PS384', 'PS512']) tokens[alg] = withHeader({ alg });
    for (const alg of ['ES256', 'EdDSA', 'HS256', 'rs256', 'RS256 ', 'constructor', '__proto__']) {
      tokens[alg] = signSegments(key, encode({ alg, typ: 'JWT', kid: 'k1' }), encode(goodClaims()));
    }
    expect(await refused(tokens)).toEqual({});
  });

  it('with `crit` or `b64` is refused', async () => {
    const values = [['exp'], ['x-unknown'], [], 'exp', null, false, { b64: true }];
    const tokens = Object.fromEntries(
      values.map((crit) => [JSON.stringify(crit), withHeader({ crit, 'x-unknown': 1 })]),
    );
    tokens['b64 false'] = withHeader({ b64: false });
    tokens['b64 false, crit'] = withHeader({ b64: false, crit: ['b64'] });
    tokens['b64 true'] = withHeader({ b64: true });
    expect(await refused(tokens)).toEqual({});
  });

  it('that contains or references its own key is refused, and nothing is fetched', async () => {
    const hosts = ['http://127.0.0.1:1/jwks', `${world.tenant.url}/evil.json`];
    const tokens: Record<string, string> = {};
    for (const jku of hosts) {
      tokens[`jku ${jku}`] = makeToken(stranger, goodClaims(), { jku });
      tokens[`x5u ${jku}`] = makeToken(stranger, goodClaims(), { x5u: jku });
    }
    tokens.jwk = makeToken(stranger, goodClaims(), { jwk: stranger.jwk });
    tokens.x5c = makeToken(stranger, goodClaims(), {
      x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
    });
    const before = world.tenant.paths.length;
    expect(await refused(tokens)).toEqual({});
    expect(world.tenant.paths.length).toBe(before);
  });

  it('with a `jwk`, correctly signed by the tenant, is verified without it', async () => {
    const answer = await call(world.url, withHeader({ jwk: stranger.jwk, jku: 'http://127.0.0.1:1/' }));
    expect(answer.status).toBe(200);
  });

  it('with a hostile `kid` is refused', async () => {
    const kids = [
      'https://evil.test/key',
      '../../../../dev/null',
      "k1' OR '1'='1",
      '__proto__',
      'constructor',
      'k1\u0000',
      'K1',
      ' k1',
      'x'.repeat(256),
      'x'.repeat(257),
      '',
      7,
      null,
      true,
      ['k1'],
      { kid: 'k1' },
    ];
    const tokens = Object.fromEntries(kids.map((kid) => [JSON.stringify(kid), withHeader({ kid })]));
    tokens['9 kB'] = withHeader({ kid: 'k'.repeat(9000) });
    tokens.none = rawHeader('{"alg":"RS256","typ":"JWT"}');
    expect(await refused(tokens)).toEqual({});
  });

  it('that is longer than 8 kB is refused', async () => {
    expect(long(5400).length).toBeLessThan(8192);
    expect((await call(world.url, long(5400))).status).toBe(200);
    expect(long(5800).length).toBeGreaterThan(8192);
    expect(await refused({ long: long(5800) })).toEqual({});
  });

  it('in non-canonical base64url is refused', async () => {
    const good = makeToken(key);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const tokens: Record<string, string> = {
      'padded signature': `${good}==`,
      'padded signature by one': `${good}=`,
      '! in signature': `${header}.${payload}.${signature}!`,
      '! amid signature': `${header}.${payload}.${signature.slice(0, 9)}!${signature.slice(9)}`,
      'signature of 4n+1': `${good}AAA`,
      'other alphabet': `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`,
      'unused bits of the signature': `${header}.${payload}.${setUnusedBits(signature)}`,
    };
    expect(tokens['other alphabet']).not.toBe(good);
    const odd = padJson({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    const oddHeader = encode(odd);
    const oddPayload = encode(padJson(goodClaims()));
    tokens['padded header'] = signSegments(key, `${oddHeader}=`, oddPayload);
    tokens['padded payload'] = signSegments(key, oddHeader, `${oddPayload}=`);
    tokens['unused bits of the header'] = signSegments(key, setUnusedBits(oddHeader), oddPayload);
    tokens['unused bits of the payload'] = signSegments(key, oddHeader, setUnusedBits(oddPayload));
    tokens['! in header'] = signSegments(key, `${oddHeader}!`, oddPayload);
    tokens['! in payload'] = signSegments(key, oddHeader, `!${oddPayload}`);
    const slashes = encode({ ...goodClaims(), pad: '\u007f???>>>' });
    const other = slashes.replaceAll('-', '+').replaceAll('_', '/');
    expect(other).not.toBe(slashes);
    tokens['other alphabet in payload'] = signSegments(key, oddHeader, other);
    expect((await call(world.url, signSegments(key, oddHeader, oddPayload))).status).toBe(200);
    expect((await call(world.url, signSegments(key, oddHeader, slashes))).status).toBe(200);
    expect(await refused(tokens)).toEqual({});
  });

  it('without exactly three segments is refused', async () => {
    const [header = '', payload = '', signature = ''] = makeToken(key).split('.');
    const jwe = encode({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'k1', typ: 'JWT' });
    expect(
      await refused({
        one: header,
        two: `${header}.${payload}`,
        four: `${header}.${payload}.${signature}.`,
        'four, empty first': `.${header}.${payload}.${signature}`,
        five: `${header}.${payload}.${signature}.${payload}.${signature}`,
        'empty header': `.${payload}.${signature}`,
        'empty payload': signSegments(key, header, ''),
        dots: '..',
        jwe: `${jwe}.${payload}.${payload}.${payload}.${signature}`,
        'jwe header': `${jwe}.${payload}.${signature}`,
        'JSON serialisation': JSON.stringify({ protected: header, payload, signature }),
        'a word': 'secret',
      }),
    ).toEqual({});
  });

  it('with a duplicate member is refused, in the header and in the payload', async () => {
    const claims = JSON.stringify(goodClaims()).slice(1, -1);
    expect(
      await refused({
        'alg twice': rawHeader('{"alg":"none","alg":"RS256","typ":"JWT","kid":"k1"}'),
        'alg twice, none last': rawHeader('{"alg":"RS256","typ":"JWT","kid":"k1","alg":"none"}'),
        'kid twice': rawHeader('{"alg":"RS256","typ":"JWT","kid":"k0","kid":"k1"}'),
        'alg escaped': rawHeader('{"\\u0061lg":"none","alg":"RS256","typ":"JWT","kid":"k1"}'),
        'nested twice': rawHeader('{"alg":"RS256","typ":"JWT","kid":"k1","x":{"a":1,"a":1}}'),
        'sub twice': rawPayload(`{${claims},"sub":"auth0|bob"}`),
        'aud twice': rawPayload(`{"aud":"urn:other",${claims}}`),
        'sub escaped': rawPayload(`{${claims},"s\\u0075b":"auth0|bob"}`),
        'nested in an array': rawPayload(`{${claims},"x":[{"a":1,"a":2}]}`),
        '__proto__ twice': rawPayload(`{${claims},"__proto__":1,"__proto__":2}`),
      }),
    ).toEqual({});
  });

  it('may contain colons, quotes and braces in its strings: 200', async () => {
    const odd = goodClaims({
      note: 'a:b:"c":{\\"d\\":1}\\',
      'k:e"y': ':',
      list: [{ a: ':' }, { a: ':' }],
      empty: {},
    });
    expect((await call(world.url, makeToken(key, odd))).status).toBe(200);
  });

  it('that is not well-formed UTF-8 or begins with a byte order mark is refused', async () => {
    const claims = JSON.stringify(goodClaims({ sub: 'auth0|*' }));
    const bad = (bytes: number[]): Buffer =>
      Buffer.concat(
        claims
          .split('*')
          .flatMap((part, i) => (i ? [Buffer.from(bytes), Buffer.from(part)] : [Buffer.from(part)])),
      );
    const header = '{"alg":"RS256","typ":"JWT","kid":"k1"}';
    expect((await call(world.url, rawPayload(bad([0xc3, 0xa9])))).status).toBe(200);
    expect(
      await refused({
        'lone continuation': rawPayload(bad([0x80])),
        overlong: rawPayload(bad([0xc0, 0xaf])),
        surrogate: rawPayload(bad([0xed, 0xa0, 0x80])),
        truncated: rawPayload(bad([0xc3])),
        'BOM in header': rawHeader(`\uFEFF${header}`),
        'BOM in payload': rawPayload(`\uFEFF${claims}`),
        'bad byte in header': rawHeader(Buffer.from(header.replace('JWT', 'JWT","x":"\xff'), 'latin1')),
        'UTF-16': rawPayload(Buffer.from(claims, 'utf16le')),
      }),
    ).toEqual({});
  });

  it('whose payload or header is not a JSON object is refused', async () => {
    const tokens: Record<string, string> = {};
    for (const text of [
      'null',
      '[]',
      '"x"',
      '7',
      'true',
      'text',
      '{',
      '{"a":1}x',
      '[{}]',
      '{"a":NaN}',
      "{'a':1}",
    ]) {
      tokens[`payload ${text}`] = rawPayload(text);
      tokens[`header ${text}`] = rawHeader(text);
    }
    const claims = JSON.stringify(goodClaims()).slice(0, -1);
    tokens['too deep'] = rawPayload(`${claims},"x":${'['.repeat(2000)}${']'.repeat(2000)}}`);
    tokens['header too deep'] = rawHeader(
      `{"alg":"RS256","typ":"JWT","kid":"k1","x":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
    );
    expect(await refused(tokens)).toEqual({});
  });

  it('has a configured `typ`, ignoring case, with or without `application/`', async () => {
    for (const typ of ['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/JWT']) {
      expect((await call(world.url, withHeader({ typ }))).status, typ).toBe(200);
    }
    const tokens: Record<string, string> = { none: rawHeader('{"alg":"RS256","kid":"k1"}') };
    for (const typ of [
      'logout+jwt',
      'dpop+jwt',
      'secevent+jwt',
      'id+jwt',
      'JWS',
      '',
      'JWT ',
      'text/JWT',
      7,
      null,
      ['JWT'],
    ]) {
      tokens[JSON.stringify(typ)] = withHeader({ typ });
    }
    expect(await refused(tokens)).toEqual({});
  });

  it('never reaches the handler if it is refused', () => {
    const accepted = world.app.verdicts.filter(({ outcome }) => outcome === 'accepted').length;
    expect(world.app.handled).toBe(accepted);
    expect(world.app.verdicts.length - accepted).toBeGreaterThan(100);
  });
});

describe('a guard of the RFC 9068 profile', () => {
  it('refuses a plain JWT and accepts at+jwt', async () => {
    const strict = await startWorld([key], { types: ['at+jwt'] });
    try {
      expect((await call(strict.url, withHeader({ typ: 'at+jwt' }))).status).toBe(200);
      expect(await findUnrefused(strict.url, { plain: makeToken(key) })).toEqual({});
    } finally {
      await strict.close();
    }
  });
});
