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

/** The parts of a row that types do not check. */
const moduleRow = z.looseObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z
    .string()
    .startsWith('/', 'a path')
    .refine((path) => !path.endsWith('/*'), 'an exact path: a prefix is for upstreams')
    .refine((path) => !path.includes('/:'), 'a path whose parameters are written {name}')
    .refine((path) => !isReserved(path), `a path outside of ${RESERVED_PATHS.join(', ')}`),
  guard: z.union([z.literal('public'), rule], 'public, or the requirements for a caller'),
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
  // The only module that is loaded by an operator's path.
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return loaded.default;
}

/** Loads the rows of a module by its absolute path, or returns all of their faults. */
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
  // Checked above; `defineRoute` has checked the row's own types.
  return { ok: true, rows: rows as readonly Route[] };
}
