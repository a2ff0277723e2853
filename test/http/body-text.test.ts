import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startLonelyGateway({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => under.close());

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string) =>
  fetch(`${under.gateway.publicUrl}${path}`, { method: 'POST', body, headers: { 'Content-Type': type } });
const json = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
  post('/v1/auth/signin', body, type);
const form = (body: string | Uint8Array<ArrayBuffer>, type = 'application/x-www-form-urlencoded') =>
  post('/v1/oauth/token', body, type);

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
const good = '{"email":"a@b.co","password":"p"}';

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}
const problemOf = async (response: Response) => (await response.json()) as Problem;

describe('the text of a body', () => {
  it.each([
    ['bytes that are not UTF-8', latin1('{"email":"a@b.co","password":"p\xff"}')],
    ['an overlong form', latin1('{"email":"a@b.co","password":"p\xc0\xaf"}')],
    ['a lone surrogate by escape', '{"email":"a@b.co","password":"p\\ud800"}'],
    ['a lone surrogate deep within', '{"email":"a@b.co","password":"p","x":[{"y":"\\udc00"}]}'],
    ['a lone surrogate as a name', '{"email":"a@b.co","password":"p","\\udfff":1}'],
  ])('with %s answers 400 validation_failed, before its schema is checked', async (_what, body) => {
    const response = await json(body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors).toEqual([{ path: '', message: expect.stringMatching(/UTF-8|surrogate/) }]);
  });

  it('with an escaped surrogate pair is accepted', async () => {
    expect((await json('{"email":"a@b.co","password":"\\ud83d\\ude00"}')).status).not.toBe(400);
  });

  it.each(['secret=\xff', 'secret=%ff', 'secret=%ed%a0%80', 'secret=%zz', '%c0%af=x'])(
    'of a form that is not UTF-8 answers 400: %j',
    async (text) => {
      const response = await form(latin1(`grant_type=client_credentials&client_id=c&client_${text}`));
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: 'invalid_request',
        error_description: expect.stringMatching(/UTF-8/),
      });
    },
  );
});

describe('a JSON body with a duplicate member', () => {
  const url = 'http://localhost/x';
  it.each([
    ['/v1/auth/signin', '{"email":"a@b.co","password":"p","email":"c@d.co"}'],
    ['/v1/auth/signin', '{"email":"a@b.co","password":"p","password":"p"}'],
    ['/v1/auth/signin', '{"email":"a@b.co","password":"p","\\u0065mail":"c@d.co"}'],
    ['/v1/auth/signup', '{"email":"a@b.co","password":"p","user_metadata":{"a":"1","a":"2"}}'],
    ['/v1/auth/refresh', '{"refresh_token":"a","refresh_token":"b"}'],
    ['/v1/auth/exchange', `{"code":"a","redirect_uri":"${url}","code":"b"}`],
    ['/v1/auth/login/start', '{"return_to":"/a","return_to":"/b"}'],
    ['/v1/auth/signout', '{"return_to":"/a","return_to":"/b"}'],
  ])('answers 400 validation_failed: %s %s', async (path, body) => {
    const response = await post(path, body, 'application/json');
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: '', message: 'an object names the same member twice' }],
    });
  });

  it('answers 400 in the OAuth format at the token endpoint', async () => {
    const body = '{"grant_type":"client_credentials","client_id":"a","client_secret":"s","client_id":"b"}';
    const response = await post('/v1/oauth/token', body, 'application/json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('is not one with the same name in different objects, or with colons in strings', async () => {
    const body = '{"email":"a@b.co","password":"p:\\":p","x":[{"a":1},{"a":2}],"y":{"a":{"a":":"}}}';
    expect((await problemOf(await json(body))).errors.map(({ path }) => path)).toEqual(['x', 'y']);
  });
});

describe('the charset of a body', () => {
  it.each([
    ['utf-16le', utf16(good)],
    ['utf-16', utf16(good)],
    ['utf-32le', utf16(good)],
    ['utf-7', good.replace('{', '+AHs-')],
    ['utf-7 over deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['iso-8859-1', latin1(good)],
    ['us-ascii', good],
    ['""', good],
  ])('%s answers 415', async (name, body) => {
    const [charset] = name.split(' ');
    expect((await json(body, `application/json; charset=${charset}`)).status).toBe(415);
    expect((await form(body, `application/x-www-form-urlencoded; charset=${charset}`)).status).toBe(415);
  });

  it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf-8;charset=utf-16le'])(
    '%s reads UTF-8, with any parameters',
    async (charset) => {
      expect((await json(good, `Application/JSON ;charset=${charset}`)).status).toBe(503);
    },
  );

  it.each(['application/json;', 'application/json, text/plain', 'application/json-patch+json', '*/*'])(
    'aside, the type must be JSON: %s',
    async (type) => {
      expect((await json(good, type)).status).toBe(type === 'application/json;' ? 503 : 415);
    },
  );
});

describe('a form', () => {
  it('of more than 100 parameters answers 400', async () => {
    const response = await form(`grant_type=client_credentials${'&a=1'.repeat(100)}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/parameters/);
  });

  it('with a repeated name answers 400, and brackets have no meaning', async () => {
    const twice = await form('grant_type=client_credentials&client_id=a&client_id=b&client_secret=s');
    expect(await twice.json()).toMatchObject({ error: 'invalid_request' });
    const brackets = await form('grant_type=client_credentials&client_id[a]=b&client_secret=s');
    expect(await brackets.json()).toMatchObject({ error: 'invalid_client' });
  });
});

describe('a fault of a body', () => {
  it.each([
    ['{"email":"a@b.co"}', 'password', 'is missing'],
    ['{"email":"a@b.co","password":7}', 'password', 'must be a string'],
    ['{"email":"a@b.co","password":""}', 'password', 'must have at least 1 character'],
    [`{"email":"a@b.co","password":"${'x'.repeat(1025)}"}`, 'password', 'must have at most 1024 characters'],
    ['{"email":"a","password":"p"}', 'email', 'is not a well-formed email'],
    ['{"email":"a@b.co","password":"p","mode":"x"}', 'mode', 'must be one of session, token'],
    ['{"email":"a@b.co","password":"p","x":1}', 'x', 'is not a known field'],
    ['{"username":"a\\u0007","password":"p"}', 'username', 'must not contain control characters'],
    ['{"password":"p"}', 'email', 'give either an email or a username'],
    [
      '{"email":"a@b.co","password":"p","scope":"a  b"}',
      'scope',
      'must be a space-separated list (RFC 6749 §3.3)',
    ],
    ['[]', '', 'must be an object'],
  ])('has the gateway’s own text: %s', async (body, path, message) => {
    expect((await problemOf(await json(body))).errors).toContainEqual({ path, message });
  });

  it.each([
    [{ constructor: 'x' }, 'user_metadata.constructor', 'is not allowed as a name'],
    [{ a: 1 }, 'user_metadata.a', 'must be a string'],
    [['a'], 'user_metadata', 'must be an object'],
  ])('in a record names the entry: %j', async (metadata, path, message) => {
    const body = JSON.stringify({ email: 'a@b.co', password: 'p', user_metadata: metadata });
    const response = await post('/v1/auth/signup', body, 'application/json');
    expect((await problemOf(response)).errors).toEqual([{ path, message }]);
  });
});
