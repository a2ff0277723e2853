import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Fault } from '../../config/read-variables.ts';
import { isReserved, reservedPaths } from '../../http/reserved-paths.ts';
import type { Route } from '../../http/route.ts';

const isSchema = (value: unknown): boolean => value instanceof z.ZodType;
const schema = z.custom(isSchema, 'a zod schema').optional();
const handler = z.custom((value) => typeof value === 'function', 'a function');
const rule = z.record(z.string(), z.unknown());

/** As much of a row as a module can get wrong without its types noticing. */
const moduleRow = z.looseObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .startsWith('/', 'a path')
    .refine((path) => !path.endsWith('/*'), 'an exact path: a prefix is for upstreams')
    .refine((path) => !isReserved(path), `a path outside of ${reservedPaths.join(', ')}`),
  guard: z.union([z.literal('public'), rule], 'public, or what a caller must bring'),
  operationId: z.string().min(1),
  summary: z.string().min(1),
  tag: z.string().min(1),
  query: schema,
  body: schema,
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
  errors: z.array(z.string()),
  handler,
});
const moduleRows = z.array(moduleRow, 'a default export: an array of rows of defineRoute');

export type ReadModule =
  | { readonly ok: true; readonly rows: readonly Route[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const fault = (seen: string, wanted: string, where = ''): Fault => ({
  name: `ROUTES_MODULE${where}`,
  seen,
  wanted,
});

async function load(file: string): Promise<unknown> {
  // The one module of the operator's own that is loaded by name.
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return loaded.default;
}

/** Loads the rows of a module by its absolute path, or tells all of their faults. */
export async function readRoutesModule(file: string): Promise<ReadModule> {
  let rows: unknown;
  try {
    rows = await load(file);
  } catch (error) {
    return { ok: false, faults: [fault(`${file}: ${String(error)}`, 'a module that loads')] };
  }
  const parsed = moduleRows.safeParse(rows);
  // Checked just above; the row's own types were checked by defineRoute.
  if (parsed.success) return { ok: true, rows: rows as readonly Route[] };
  const faults = parsed.error.issues.map(({ path, message }) => {
    const [index, ...rest] = path;
    const where =
      index === undefined ? '' : `[${String(index)}]${rest.map((part) => `.${String(part)}`).join('')}`;
    return fault(`a ${typeof rows}`, message, where);
  });
  return { ok: false, faults };
}
