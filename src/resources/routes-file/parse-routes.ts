import { LineCounter, parseDocument } from 'yaml';
import type { Fault } from '../../config/read-variables.ts';
import type { RowFacts } from '../../http/route.ts';
import { type RoutesFileRow, routesFileSchema } from './routes-file-schema.ts';
import { toFaults } from './to-faults.ts';

export type ParsedRoutes =
  | { readonly ok: true; readonly rows: readonly RoutesFileRow[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

type Claim = Pick<RowFacts, 'method' | 'path'>;

/** What of the rows claims a path and a method that somebody else has claimed before. */
function toConflicts(rows: readonly unknown[], taken: readonly Claim[]): Fault[] {
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
        faults.push({
          name: `ROUTES_FILE.routes[${i}].path`,
          seen: JSON.stringify(claim),
          wanted: `a path and method that ${owner} has not claimed`,
        });
    }
  }
  return faults;
}

function toTree(text: string): { readonly tree: unknown } | { readonly faults: readonly Fault[] } {
  const lines = new LineCounter();
  // JSON is YAML; a key that comes twice is an error in both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const broken = [...document.errors, ...document.warnings].map(({ message, pos: [at] }) => {
    const { line, col } = lines.linePos(at);
    return { name: 'ROUTES_FILE', seen: `line ${line}, column ${col}: ${message}`, wanted: 'YAML or JSON' };
  });
  if (broken.length > 0) return { faults: broken };
  try {
    const tree: unknown = document.toJS();
    // Throws where an alias lies within what it stands for.
    JSON.stringify(tree);
    return { tree };
  } catch {
    const seen = 'too many aliases, or one of itself';
    return { faults: [{ name: 'ROUTES_FILE', seen, wanted: 'rows written out' }] };
  }
}

/**
 * The rows of a routes file, or all of its faults at once. `taken` are rows of our own, which no other may claim.
 */
export function parseRoutes(text: string, taken: readonly Claim[]): ParsedRoutes {
  const read = toTree(text);
  if ('faults' in read) return { ok: false, faults: read.faults };
  const parsed = routesFileSchema.safeParse(read.tree);
  const routes = (read.tree as { routes?: unknown } | null)?.routes;
  const conflicts = toConflicts(Array.isArray(routes) ? routes : [], taken);
  const faults = [...toFaults(parsed.error?.issues ?? [], read.tree), ...conflicts];
  if (!parsed.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, rows: parsed.data.routes };
}
