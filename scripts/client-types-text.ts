/** The parts of JSON Schema that the project's OpenAPI document uses (OpenAPI 3.1, JSON Schema 2020-12). */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
}

interface Reference {
  readonly $ref: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly summary?: string;
  readonly requestBody?: Content | Reference;
  readonly responses: Readonly<Record<string, Content | Reference>>;
}

/** The parts of an OpenAPI document that types are generated from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const HEADER = `// Written by \`npm run openapi\` from docs/openapi.json. Do not edit it.

`;
const JSON_TYPE = 'application/json';
/** The paths that the browser client calls. */
const isClientPath = (path: string): boolean => path.startsWith('/v1/auth/');
/** The schema of errors, which every operation can return. */
const PROBLEM = 'Problem';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const plainTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'` : JSON.stringify(value);
const toKey = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name));
const indent = (text: string): string => text.replaceAll('\n', '\n  ');
const toComment = (text: string | undefined): string =>
  text === undefined ? '' : `/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`;
const nameOf = (reference: string): string => reference.split('/').at(-1) ?? '';

/**
 * The text of packages/client/src/api-types.ts: a type for each named component, and `Operations` with the bodies and
 * responses by method and path. Throws for a schema that these types cannot express.
 */
export function toClientTypesText(document: ApiDocument): string {
  const { components = {} } = document;
  /** The texts of the components so far; a component can reference itself. */
  const named = new Map<string, string>();

  function resolve<T extends object>(value: T | Reference): T {
    if (!('$ref' in value)) return value;
    const [, , kind = '', name = ''] = value.$ref.split('/');
    const found = components[kind]?.[name];
    if (found === undefined) throw new Error(`the document has no ${value.$ref}`);
    return found as T;
  }

  function toNamed(reference: string): string {
    const name = nameOf(reference);
    if (!named.has(name)) {
      named.set(name, '');
      const schema = resolve<Schema>({ $ref: reference });
      named.set(name, `${toComment(schema.description)}export type ${name} = ${toType(schema)};\n`);
    }
    return name;
  }

  const toUnion = (schemas: readonly Schema[]): string => [...new Set(schemas.map(toType))].join(' | ');

  function toObject({ properties = {}, required = [], additionalProperties }: Schema): string {
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    const others = typeof additionalProperties === 'object' ? toType(additionalProperties) : 'unknown';
    const members = Object.entries(properties).map(([name, schema]) => {
      const comment = schema.$ref === undefined ? toComment(schema.description) : '';
      const isRequired = required.includes(name);
      return `${comment}${toKey(name)}${isRequired ? '' : '?'}: ${toType(schema)}${isRequired ? '' : ' | undefined'};`;
    });
    if (members.length === 0) return `Record<string, ${isOpen ? others : 'never'}>`;
    // An index signature applies to the named members too.
    if (isOpen) members.push('[name: string]: unknown;');
    return `{\n  ${members.map(indent).join('\n  ')}\n}`;
  }

  function toArray({ items, prefixItems }: Schema): string {
    if (prefixItems) return `[${prefixItems.map(toType).join(', ')}]`;
    const item = items === undefined ? 'unknown' : toType(items);
    return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
  }

  function toType(schema: Schema): string {
    if (schema.$ref !== undefined) return toNamed(schema.$ref);
    if (schema.const !== undefined) return literal(schema.const);
    if (schema.enum) return schema.enum.map(literal).join(' | ');
    if (schema.allOf) return schema.allOf.map((part) => `(${toType(part)})`).join(' & ');
    const variants = schema.anyOf ?? schema.oneOf;
    if (variants) return toUnion(variants);
    const { type } = schema;
    if (Array.isArray(type)) return toUnion(type.map((each: string) => ({ ...schema, type: each })));
    if (type === 'object') return toObject(schema);
    if (type === 'array') return toArray(schema);
    if (type === undefined && Object.keys(schema).every((key) => key === 'description')) return 'unknown';
    const plain = typeof type === 'string' ? plainTypes[type] : undefined;
    if (plain === undefined) throw new Error(`unsupported schema: ${JSON.stringify(schema)}`);
    return plain;
  }

  const toContent = ({ content }: Content): string => {
    const schema = content?.[JSON_TYPE]?.schema;
    return schema === undefined ? 'undefined' : toType(schema);
  };

  /** Empty for operations that scripts do not call: navigations, which respond with a redirect, and forms. */
  function toOperation(key: string, { summary, requestBody, responses }: Operation): string[] {
    const body = requestBody && resolve<Content>(requestBody);
    const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    if ('303' in responses || (body && !body.content?.[JSON_TYPE])) return [];
    const answers = good.map(([, response]) => toContent(resolve<Content>(response)));
    const members = [`body: ${toContent(body ?? {})};`, `answer: ${[...new Set(answers)].join(' | ')};`];
    return [`${toComment(summary)}'${key}': {\n  ${members.map(indent).join('\n  ')}\n};`];
  }

  const operations = Object.entries(document.paths)
    .filter(([path]) => isClientPath(path))
    .flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method] as Operation | undefined;
        return operation ? toOperation(`${method.toUpperCase()} ${path}`, operation) : [];
      }),
    );
  toNamed(`#/components/schemas/${PROBLEM}`);
  const text = `/** By method and path. */\nexport interface Operations {\n  ${operations.map(indent).join('\n  ')}\n}\n`;
  return `${HEADER}${[...named.values()].join('\n')}\n${text}`;
}
