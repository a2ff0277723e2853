import { describe, expect, it } from 'vitest';
import { toClientTypesText } from '../../../scripts/client-types-text.ts';

type Schemas = Readonly<Record<string, object>>;

const problem = { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] };

/** A document with one operation of this body and response. */
const documentOf = (body: object | undefined, answer: object | undefined, schemas: Schemas = {}) => ({
  paths: {
    '/v1/auth/x': {
      post: {
        ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
        responses: { 200: answer ? { content: { 'application/json': { schema: answer } } } : {} },
      },
    },
  },
  components: { schemas: { Problem: problem, ...schemas } },
});

/** The type of a response, on one line. */
function typeOf(schema: object, schemas: Schemas = {}): string {
  const text = toClientTypesText(documentOf(undefined, schema, schemas)).replaceAll(/\s+/g, ' ');
  return / answer: (.*); }; } $/.exec(text)?.[1] ?? '';
}

describe('a type', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'integer' }, 'number'],
    [{ type: 'boolean', description: 'x' }, 'boolean'],
    [{}, 'unknown'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ const: true }, 'true'],
    [{ type: 'string', enum: ['a', "b'c"] }, String.raw`'a' | 'b\'c'`],
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, "('a' | 'b')[]"],
    [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }] }, '[number, string]'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'Record<string, string>'],
    [{ type: 'object', additionalProperties: false }, 'Record<string, never>'],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': { type: 'null' } }, required: ['a'] },
      "{ a: string; 'b-c'?: null | undefined; }",
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: {} },
      '{ a?: string | undefined; [name: string]: unknown; }',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'object', oneOf: [{ const: 1 }, { const: 2 }] }, '1 | 2'],
    [{ allOf: [{ const: 1 }, { enum: [1, 2] }] }, '(1) & (1 | 2)'],
  ])('of %j is %s', (schema, expected) => {
    expect(typeOf(schema)).toBe(expected);
  });

  it('with a name is written once, also if it references itself', () => {
    const $ref = '#/components/schemas/Tree';
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref } } },
      required: ['children'],
    };
    const text = toClientTypesText(documentOf({ $ref }, { $ref }, { Tree: tree }));
    expect(text).toContain('export type Tree = {\n  children: Tree[];\n};\n');
    expect(text.match(/type Tree/g)).toHaveLength(1);
    expect(text).toContain('body: Tree;\n    answer: Tree;');
  });

  it('of a response is the union over successful statuses', () => {
    const document = documentOf(undefined, { type: 'string' });
    const { responses } = document.paths['/v1/auth/x'].post;
    Object.assign(responses, {
      204: {},
      400: { content: { 'application/problem+json': { schema: problem } } },
    });
    expect(toClientTypesText(document)).toContain('answer: string | undefined;');
  });

  it('resolves named responses and bodies', () => {
    const content = { 'application/json': { schema: { type: 'string' } } };
    const document = documentOf(undefined, undefined);
    const { post } = document.paths['/v1/auth/x'];
    Object.assign(post, {
      requestBody: { $ref: '#/components/requestBodies/Some' },
      responses: { 200: { $ref: '#/components/responses/Some' } },
    });
    Object.assign(document.components, {
      requestBodies: { Some: { content } },
      responses: { Some: { content } },
    });
    expect(toClientTypesText(document)).toContain('body: string;\n    answer: string;');
  });

  it('is refused for an unsupported schema, or an unknown reference', () => {
    expect(() => typeOf({ not: { type: 'string' } })).toThrow(/unsupported schema/);
    expect(() => typeOf({ type: 'thing' })).toThrow(/unsupported schema/);
    expect(() => typeOf({ $ref: '#/components/schemas/Nothing' })).toThrow(/has no #\/components/);
  });
});

it('navigations, forms and other paths are omitted', () => {
  const { paths, components } = documentOf({ type: 'string' }, { type: 'string' });
  const { post } = paths['/v1/auth/x'];
  const form = {
    requestBody: { content: { 'application/x-www-form-urlencoded': { schema: problem } } },
    responses: { 200: {} },
  };
  const text = toClientTypesText({
    paths: {
      '/api/x': { post },
      '/v1/auth/go': { get: { responses: { 204: {}, 303: {} } } },
      '/v1/auth/form': { post: form },
    },
    components,
  });
  expect(text).toMatch(/interface Operations \{\s*\}/);
});
