/** The parts of an OpenAPI document that tests read. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly 'x-try-it-out'?: false;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'query' | 'path' | 'header';
    readonly required?: boolean;
    readonly example?: unknown;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping: Readonly<Record<string, string>>;
  };
}

export interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly headers: Readonly<Record<string, { readonly required?: boolean }>>;
  };
}

/** The target of a reference, or the value itself. */
export function resolve<T extends object>(document: Document, thing: T & { readonly $ref?: string }): T {
  if (thing.$ref === undefined) return thing;
  let found: unknown = document;
  for (const part of thing.$ref.split('/').slice(1))
    found = (found as Record<string, unknown>)[part.replaceAll('~1', '/')];
  return resolve(document, found as T);
}

/** Operations that need data of their caller, such as a code, by that data: they cannot succeed with their examples. */
export const needsOwn: Readonly<Record<string, string>> = {
  exchangeCode: 'a code of the tenant',
  issueClientToken: 'the secret of a client',
  endSession: 'the id of a session',
  changePassword: 'the current password',
  listAuthenticators: 'the handle of a sign-in that waits for its second factor',
  associateFactor: 'such a handle',
  challengeFactor: 'such a handle',
  verifyFactor: 'such a handle, and a code',
  verifyPasswordless: 'the code that was sent',
};

export const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** The possible values of a member, by its schema. */
export function valuesOf(document: Document, schema: Schema, name: string): string[] {
  const { allOf, oneOf, properties } = resolve(document, schema);
  if (oneOf) return oneOf.flatMap((each) => valuesOf(document, each, name));
  const member =
    properties?.[name] ?? allOf?.map((each) => resolve(document, each).properties?.[name]).findLast(Boolean);
  const found = member && resolve(document, member);
  return [...(found?.enum ?? (found?.const === undefined ? [] : [found.const]))];
}
