import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { Fault } from '../../config/faults.ts';
import type { LookUp } from '../../config/read-variables.ts';
import type { Route } from '../../http/route.ts';
import type { RoutesFileRow } from './routes-file-schema.ts';

/** The routes that an operator adds. */
export interface AddedRoutes {
  readonly proxied: readonly RoutesFileRow[];
  readonly local: readonly Route[];
}

export type ReadRoutes =
  | { readonly ok: true; readonly routes: AddedRoutes }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The absolute paths of the sources. */
export interface RoutesSources {
  readonly routesFile: string | undefined;
  readonly routesModule: string | undefined;
}

// Each parser is loaded only if it is needed.
const readModule = async (file: string) => (await import('./read-routes-module.ts')).readRoutesModule(file);
const parseFile = async (text: string, taken: readonly Route[], lookUp: LookUp) =>
  (await import('./parse-routes.ts')).parseRoutes(text, taken, lookUp);

async function readText(file: string): Promise<string | Fault> {
  const fault = (why: string): Fault => ({
    name: 'ROUTES_FILE',
    seen: `${file}: ${why}`,
    wanted: 'a text file that can be read',
  });
  try {
    const bytes = await readFile(file);
    return isUtf8(bytes) ? bytes.toString() : fault('not UTF-8');
  } catch (error) {
    return fault((error as { code?: string }).code ?? 'unreadable');
  }
}

function toDoubles(rows: readonly Route[], taken: readonly Route[]): Fault[] {
  const claims = new Set(taken.map(({ method, path }) => `${method} ${path}`));
  return rows.flatMap(({ method, path }, i) => {
    const claim = `${method} ${path}`;
    const isNew = !claims.has(claim);
    claims.add(claim);
    const wanted = 'a path and method that no other row has claimed';
    return isNew ? [] : [{ name: `ROUTES_MODULE[${i}].path`, seen: claim, wanted }];
  });
}

/**
 * Reads an operator's routes, or returns all faults of both sources together. `own` are the gateway's own rows; `lookUp`
 * returns the variables of upstreams.
 */
export async function readRoutes(
  sources: RoutesSources,
  own: readonly Route[],
  lookUp: LookUp,
): Promise<ReadRoutes> {
  const { routesFile, routesModule } = sources;
  const module = routesModule === undefined ? undefined : await readModule(routesModule);
  const local = module?.ok ? module.rows : [];
  const faults: Fault[] = [...(module?.ok === false ? module.faults : []), ...toDoubles(local, own)];
  const text = routesFile === undefined ? undefined : await readText(routesFile);
  if (typeof text === 'object') faults.push(text);
  const parsed = typeof text === 'string' ? await parseFile(text, [...own, ...local], lookUp) : undefined;
  if (parsed?.ok === false) faults.push(...parsed.faults);
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, routes: { local, proxied: parsed?.ok ? parsed.rows : [] } };
}
