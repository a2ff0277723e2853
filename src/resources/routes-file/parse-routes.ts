import type { Fault } from '../../config/faults.ts';
import type { LookUp } from '../../config/read-variables.ts';
import type { RowFacts } from '../../http/route.ts';
import { fillInUpstreams } from './fill-in-upstreams.ts';
import { readYaml } from './read-yaml.ts';
import { type RoutesFileRow, routesFileSchema } from './routes-file-schema.ts';
import { createToFaults, toWanted } from './to-faults.ts';

export type ParsedRoutes =
  | { readonly ok: true; readonly rows: readonly RoutesFileRow[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

type Claim = Pick<RowFacts, 'method' | 'path'>;
type ToFault = ReturnType<typeof createToFaults>['toFault'];

/** The rows whose path and method another row already has. */
function toConflicts(rows: readonly unknown[], taken: readonly Claim[], toFault: ToFault): Fault[] {
  const claimedBy = new Map(taken.map(({ method, path }) => [`${method} ${path}`, 'a route of the gateway']));
  const faults: Fault[] = [];
  for (const [i, row] of rows.entries()) {
    const { path, methods } = (row ?? {}) as { path?: unknown; methods?: unknown };
    if (typeof path !== 'string' || !Array.isArray(methods)) continue;
    for (const method of new Set<unknown>(methods)) {
      const claim = `${String(method)} ${path}`;
      const owner = claimedBy.get(claim);
      if (owner === undefined) claimedBy.set(claim, `routes[${i}]`);
      else
        faults.push(
          toFault(
            ['routes', i, 'path'],
            `a path and method that ${owner} has not claimed`,
            JSON.stringify(claim),
          ),
        );
    }
  }
  return faults;
}

/**
 * The rows of a routes file, or all of its faults together. `taken` are the gateway's own rows, which others must not
 * repeat; `lookUp` returns the variables of upstreams.
 */
export function parseRoutes(text: string, taken: readonly Claim[], lookUp: LookUp): ParsedRoutes {
  const read = readYaml(text, 'ROUTES_FILE');
  if (!read.ok) return read;
  const { tree, unfilled } = fillInUpstreams(read.tree, lookUp);
  const { toFault, toFaults } = createToFaults('ROUTES_FILE', tree, read.lineOf);
  const parsed = routesFileSchema.safeParse(tree, { error: toWanted });
  const routes = (tree as { routes?: unknown } | null)?.routes;
  const conflicts = toConflicts(Array.isArray(routes) ? routes : [], taken, toFault);
  const reported = new Set(unfilled.map(({ path }) => path.join('.')));
  const issues = parsed.error?.issues.filter(({ path }) => !reported.has(path.join('.'))) ?? [];
  const faults = [
    ...unfilled.map(({ path, wanted }) => toFault(path, wanted)),
    ...toFaults(issues),
    ...conflicts,
  ];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, rows: parsed.data.routes };
}
