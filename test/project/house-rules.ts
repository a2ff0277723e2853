import path from 'node:path';
import type { SourceFacts } from './source-facts.ts';

/** A rule of the house: what it finds wrong in one file, or undefined. */
export type HouseRule = (file: SourceFacts) => string | undefined;

/** The staircase from the ground up: a room may import itself and what stands on a lower row. */
const floors: readonly (readonly string[])[] = [
  ['lib', 'errors.ts'],
  ['config', 'store'],
  ['browser', 'limits', 'observe'],
  ['http'],
  ['session', 'bearer', 'auth0', 'proxy', 'openapi'],
  ['auth', 'admin', 'resources'],
  ['app.ts'],
  ['deps.ts'],
  ['gateway.ts', 'read-sources.ts', 'welcome.ts'],
  ['main.ts'],
  ['cli'], // above main.ts, which `gatehouse start` runs
];

/** The wing apart: what it may import, and who may enter it. */
const wing = { room: 'tenant', imports: ['lib'], enteredBy: ['main.ts', 'cli'] };

const isSource = /^(packages\/[^/]+\/)?src\//;
const importsExpress =
  /^(src\/(http\/.*|app\.ts|.*-(routes|guard)\.ts)|packages\/tenant\/src\/(app|.*-routes)\.ts)$/;
const readsEnvironment = /^src\/(main\.ts|cli\/.*)$/;
const vagueFolders = new Set(['utils', 'util', 'helpers', 'helper', 'services', 'types', 'common', 'misc']);
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.test)?\.ts$/;

/** The one place that loads a module by a name that an operator gives. */
const loadsByName = 'src/resources/routes-file/read-routes-module.ts';

/** The longest file, in lines. */
export const longest = { src: 300, test: 500 };

/** The rules for every file below `src/`, by name. */
export const houseRules = {
  floors: (file) => firstOf(file.imports, (specifier) => toFloorFault(file.path, specifier)),
  express: ({ path: at, imports }) =>
    fault(!importsExpress.test(at) && imports.some(isExpress), 'imports express'),
  environment: (file) =>
    fault(file.readsEnvironment && !readsEnvironment.test(file.path), 'touches process.env'),
  'tenant clock': (file) =>
    fault(file.readsWallClock && roomOf(file.path) === wing.room, 'reads the wall clock, not its Clock'),
  'readable imports': (file) =>
    fault(file.hasOpaqueImport && file.path !== loadsByName, 'imports a module that is not a plain string'),
  'named exports': (file) => fault(file.hasDefaultExport, 'has a default export'),
  'no module state': (file) =>
    fault(file.hasModuleState, 'keeps state in a module: a let outside any function'),
  'no barrels': ({ path: at }) =>
    fault(path.posix.basename(at) === 'index.ts' && at !== 'src/cli/index.ts', 'is a barrel'),
  'telling names': ({ path: at }) =>
    fault(!kebabCase.test(path.posix.basename(at)), 'is not named in kebab-case') ??
    firstOf(path.posix.dirname(at).split('/'), (folder) =>
      fault(vagueFolders.has(folder), `lies in a folder that says nothing: ${folder}`),
    ),
  size: ({ lines }) => fault(lines > longest.src, `has ${lines} lines, more than ${longest.src}`),
} satisfies Record<string, HouseRule>;

function toFloorFault(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(from), specifier);
  if (target.endsWith('.json')) return undefined;
  if (!isSource.test(target)) return `imports ${target}, which is not in a source folder`;
  const [room, imported] = [roomOf(from), roomOf(target)];
  if (room === imported) return undefined;
  const isAllowed =
    room === wing.room
      ? wing.imports.includes(imported)
      : imported === wing.room
        ? wing.enteredBy.includes(room)
        : floorOf(imported) < floorOf(room);
  return fault(!isAllowed, `imports ${imported}, which is not below ${room}`);
}

/** `src/http/route.ts` → `http`; `src/main.ts` → `main.ts`; `packages/tenant/src/app.ts` → `tenant`. */
function roomOf(at: string): string {
  return at.split('/')[1] ?? '';
}

// A room that is not on the plan has no floor: it may import nothing, and nobody may import it.
function floorOf(room: string): number {
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  return floor === -1 ? Number.NaN : floor;
}

function isExpress(specifier: string): boolean {
  return /^(express|express-serve-static-core)(\/|$)/.test(specifier);
}

function fault(isFault: boolean, message: string): string | undefined {
  return isFault ? message : undefined;
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  return items.map(find).find((found) => found !== undefined);
}
