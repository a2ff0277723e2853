import { z } from 'zod';

export type Awaitable<T> = T | Promise<T>;

export interface ControlReply {
  readonly status: number;
  readonly body: unknown;
}

export interface ControlInput<B = unknown, Q = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
}

/** One operation of the control API. Every change takes a JSON body: `{}` where the row has no schema. */
export interface ControlRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  /** A megabyte where absent. */
  readonly maxBodyBytes?: number;
  readonly handler: (input: ControlInput) => Awaitable<ControlReply>;
}

const nothing = z.strictObject({});

export const ok = (body: unknown): ControlReply => ({ status: 200, body });
export const notFound = (message: string): ControlReply => ({
  status: 404,
  body: { error: 'not_found', message },
});

/** Makes a row whose handler has the types of its schemas; without a schema nothing but `{}` is taken. */
export function row<B extends z.ZodType, Q extends z.ZodType>(
  method: ControlRow['method'],
  path: string,
  schemas: { readonly body?: B; readonly query?: Q; readonly maxBodyBytes?: number },
  handler: (input: ControlInput<z.output<B>, z.output<Q>>) => Awaitable<ControlReply>,
): ControlRow {
  // The router hands over what these same schemas have parsed, which the erased type cannot say.
  const erased = handler as ControlRow['handler'];
  const { query = nothing, body = nothing, ...limits } = schemas;
  return { method, path, query, body, ...limits, handler: erased };
}
