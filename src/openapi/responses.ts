import type { ZodOpenApiComponentsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { ERROR_TABLE, type ErrorCode, GatewayError } from '../errors.ts';
import { toOAuthError, toOAuthErrorCode, toProblem } from '../http/problem.ts';
import { type AnyRoute, isProxied } from '../http/proxy-route.ts';
import { type ErrorShape, isGuarded, type ResponseDoc, toErrorShape } from '../http/route.ts';
import { toErrorCodes } from './error-codes.ts';
import { OWN_PREFIX } from './plain-names.ts';
import { oauthError, PROBLEMS_BY_CODE, problem } from './problem-schemas.ts';
import { type ResponseHeader, toHeaderObject } from './response-headers.ts';

/** The shared components of responses, collected while they are created. */
export type Components = Required<Pick<ZodOpenApiComponentsObject, 'schemas' | 'responses' | 'headers'>>;

type Response = ZodOpenApiResponseObject | { readonly $ref: string };
type Content = NonNullable<ZodOpenApiResponseObject['content']>;
type Schema = Components['schemas'][string];

const REQUEST_ID = 'WJ0eE3dyRuyIVZzJDXBsmg';

const REDIRECTS: ReadonlySet<string> = new Set(['301', '302', '303', '307', '308']);

/** Headers that an error of a status has, whatever its code. */
const ERROR_HEADERS: Readonly<Record<number, readonly ResponseHeader[]>> = {
  405: ['Allow'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
};

const schemaRef = (id: string) => ({ $ref: `#/components/schemas/${OWN_PREFIX}${id}` });
const oneOfThese = (name: string, values: readonly string[]) => ({
  type: 'object' as const,
  properties: { [name]: { type: 'string' as const, enum: [...values] } },
});
const toPascalCase = (text: string): string =>
  text.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const describe = (codes: readonly ErrorCode[]): string =>
  codes.map((code) => `\`${code}\`: ${ERROR_TABLE[code].title}`).join('\n\n');

/** Creates the function that lists the responses of a row by status. Shared parts go into `components`. */
export function createResponses(components: Components, publicUrl: string) {
  function register(id: string, schema: Schema): void {
    components.schemas[`${OWN_PREFIX}${id}`] = schema;
  }

  function toHeaders(names: readonly ResponseHeader[]): NonNullable<ZodOpenApiResponseObject['headers']> {
    const all: readonly ResponseHeader[] = ['X-Request-Id', ...names];
    for (const name of all) components.headers[name] = toHeaderObject(name);
    return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  }

  function toSuccess(status: string, doc: ResponseDoc): Response {
    const { description, schema, contentType, headers = [] } = doc;
    const [mediaType = ''] = (contentType ?? 'application/json').split(';');
    const body = schema ?? (contentType === undefined ? undefined : { type: 'string' as const });
    const names: ResponseHeader[] = [...headers];
    if (REDIRECTS.has(status)) names.push('Location');
    if (headers.includes('RateLimit')) names.push('RateLimit-Policy');
    return {
      description,
      headers: toHeaders(names),
      ...(body && { content: { [mediaType]: { schema: body } } }),
    };
  }

  /** A problem with one of these codes: a union by code if some have additional members. */
  function toProblemSchema(name: string, codes: readonly ErrorCode[]) {
    register('Problem', problem);
    const special = codes.flatMap((code) => PROBLEMS_BY_CODE[code] ?? []);
    const plain = codes.filter((code) => !PROBLEMS_BY_CODE[code]);
    const ofPlain = { allOf: [schemaRef('Problem'), oneOfThese('code', plain)] };
    if (special.length === 0) return ofPlain;
    for (const { id, schema } of special) register(id, schema);
    if (plain.length > 0) register(name, ofPlain);
    const ids = [...(plain.length > 0 ? [name] : []), ...special.map(({ id }) => id)];
    const toId = (code: ErrorCode): string => PROBLEMS_BY_CODE[code]?.id ?? name;
    const mapping = Object.fromEntries(codes.map((code) => [code, schemaRef(toId(code)).$ref]));
    return { oneOf: ids.map(schemaRef), discriminator: { propertyName: 'code', mapping } };
  }

  function toOAuthSchema(codes: readonly ErrorCode[]) {
    register('OAuthError', oauthError);
    const words = [...new Set(codes.map(toOAuthErrorCode))];
    return { allOf: [schemaRef('OAuthError'), oneOfThese('error', words)] };
  }

  /** Content with an example: the first code without additional members. */
  function toContent(shape: ErrorShape, name: string, codes: readonly ErrorCode[]): Content {
    const plain = codes.find((code) => !PROBLEMS_BY_CODE[code]);
    const error = plain === undefined ? undefined : new GatewayError(plain);
    if (shape === 'oauth') {
      const example = error && { example: toOAuthError(error, false) };
      return { 'application/json': { schema: toOAuthSchema(codes), ...example } };
    }
    const example = error && {
      example: toProblem(error, { publicUrl, requestId: REQUEST_ID, isForOperator: false }),
    };
    return {
      'application/problem+json': { schema: toProblemSchema(name, codes), ...example },
      ...(shape === 'page' && { 'text/html': { schema: { type: 'string' } } }),
    };
  }

  function toError(row: AnyRoute, status: number, codes: readonly ErrorCode[]): Response {
    // A method without a row has no error format of its own.
    const shape = isProxied(row) || status === 405 ? 'problem' : toErrorShape(row);
    const isChallenged =
      status === 401 && (isGuarded(row.guard) || row.guard === 'optional' || shape === 'oauth');
    const headers: ResponseHeader[] = [...(ERROR_HEADERS[status] ?? [])];
    if (isChallenged) headers.push('WWW-Authenticate');
    const toResponse = (name: string) => ({
      description: describe(codes),
      headers: toHeaders(headers),
      content: toContent(shape, name, codes),
    });
    const [code] = codes;
    if (code === undefined || codes.length > 1)
      return toResponse(`${toPascalCase(row.operationId)}Problem${status}`);
    // Responses with the same codes share one component.
    const kind = { problem: isChallenged ? 'Challenge' : '', oauth: 'OAuth', page: 'Page' }[shape];
    const id = `${toPascalCase(code)}${kind}`;
    components.responses[id] ??= toResponse(`${id}Problem`);
    return { $ref: `#/components/responses/${id}` };
  }

  return (row: AnyRoute): Record<string, Response> => {
    const isNavigation = !isProxied(row) && row.acts !== undefined;
    const docs: Record<string, ResponseDoc> = {
      ...(isNavigation && { 204: { description: 'HEAD, or a prefetch: nothing was done' } }),
      ...row.responses,
    };
    const successes = Object.entries(docs).map(([status, doc]) => [status, toSuccess(status, doc)] as const);
    const byStatus = [...Map.groupBy(toErrorCodes(row), (code) => ERROR_TABLE[code].status)];
    const errors = byStatus
      // A status that the row documents itself, such as 503 of /readyz, takes precedence.
      .filter(([status]) => !docs[status])
      .toSorted(([a], [b]) => a - b)
      .map(([status, codes]) => [String(status), toError(row, status, codes)] as const);
    return Object.fromEntries([...successes, ...errors]);
  };
}
