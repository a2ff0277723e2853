import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Fault } from '../../config/faults.ts';
import { isReserved, RESERVED_PATHS } from '../../http/reserved-paths.ts';
import type { Route } from '../../http/route.ts';
import { createToFaults, toWanted } from './to-faults.ts';

const isSchema = (value: unknown): boolean => value instanceof z.ZodType;
const schema = z.custom(isSchema, 'a zod schema').optional();
const handler = z.custom((value) => typeof value === 'function', 'a function');
const rule = z.record(z.string(), z.unknown());
const text = z.string().min(1);

/** As much of a row as a module can get wrong without its types noticing. */
const moduleRow = z.looseObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .startsWith('/', 'a path')
    .refine((path) => !path.endsWith('/*'), 'an exact path: a prefix is for upstreams')
    .refine((path) => !path.includes('/:'), 'a path whose parameters are written {name}')
    .refine((path) => !isReserved(path), `a path outside of ${RESERVED_PATHS.join(', ')}`),
  guard: z.union([z.literal('public'), rule], 'public, or what a caller must bring'),
  operationId: text,
  summary: text,
  tag: text,
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
    const seen = `${file}: ${String(error)}`;
    return { ok: false, faults: [{ name: 'ROUTES_MODULE', seen, wanted: 'a module that loads' }] };
  }
  const parsed = moduleRows.safeParse(rows, { error: toWanted });
  if (!parsed.success)
    return { ok: false, faults: createToFaults('ROUTES_MODULE', rows).toFaults(parsed.error.issues) };
  // Checked just above; the row's own types were checked by defineRoute.
  return { ok: true, rows: rows as readonly Route[] };
}
