import path from 'node:path';
import type { SourceFacts } from './source-facts.ts';

/** A layout rule: returns the violation in a file, or undefined. */
export type LayoutRule = (file: SourceFacts) => string | undefined;

/** The layers of a product, lowest first: a folder may import itself and lower layers. */
type Layers = readonly (readonly string[])[];

const gatewayLayers: Layers = [
  ['lib', 'error-table.ts'],
  ['errors.ts'],
  ['config', 'store'],
  ['browser', 'limits', 'observe'],
  ['http'],
  ['session', 'bearer', 'auth0', 'proxy', 'openapi', 'revocation'],
  ['auth', 'admin', 'resources'],
  ['app.ts'],
  ['deps.ts'],
  ['gateway.ts'],
  ['startup', 'embedded'],
  ['main.ts'],
  ['cli'], // above main.ts, which `gatehouse start` runs
];

const tenantLayers: Layers = [
  ['lib'],
  // Wire format and storage.
  ['wire', 'state'],
  ['keys', 'transport', 'passwords', 'action-runtime'],
  ['context.ts'],
  // Rules; each layer uses earlier ones. Client registration is rate limited, factors count attempts, tokens have DPoP
  // bindings and name factors, sessions have tokens, users have sessions.
  ['limits', 'dpop'],
  ['clients', 'authorization'],
  ['factors'],
  // Actions control tokens, sign-ups and sign-ins.
  ['actions'],
  ['tokens'],
  ['sessions'],
  ['users'],
  // Members are users, and sign in by connections.
  ['organizations'],
  // Views: they render HTML from models.
  ['pages'],
  // Browser sign-in first, because its steps are in further folders; grants redeem their codes.
  ['authorize'],
  ['mfa', 'passwordless', 'mail-links', 'device-flow', 'passkeys'],
  ['grants'],
  // Complete tenants, and the APIs and pages of developers: the console uses the functions of the others.
  ['seed'],
  ['management', 'transfer'],
  ['control'],
  ['console'],
  ['discovery-endpoints.ts'],
  ['endpoints.ts'],
  ['app.ts'],
  ['tenant-options.ts'],
  ['tenant.ts', 'tenant-handle.ts'],
  ['index.ts', 'cli.ts'],
  // Set-ups for test runners.
  ['vitest.ts', 'playwright.ts', 'testcontainers.ts'],
  ['vitest-setup.ts'],
];

const clientLayers: Layers = [
  ['api-types.ts'],
  ['operations.ts', 'gatehouse-error.ts'],
  ['session-stream.ts'],
  ['tab-channel.ts'],
  ['transport.ts', 'session-watch.ts', 'popup.ts'],
  ['gatehouse-fetch.ts'],
  ['gatehouse.ts'],
  ['create-gatehouse.ts'],
  ['index.ts', 'react.ts'],
];

/** The files of `auth/` itself, which its modules share. */
const AUTH_SHARED = 'the files of auth/ itself';
const authLayers: Layers = [
  [AUTH_SHARED],
  ['password', 'passwordless', 'profile', 'redirect', 'mfa', 'sessions', 'client-credentials'],
  ['assemble.ts'],
];

const products: readonly { readonly sources: string; readonly layers: Layers }[] = [
  { sources: 'src/', layers: gatewayLayers },
  { sources: 'packages/tenant/src/', layers: tenantLayers },
  { sources: 'packages/client/src/', layers: clientLayers },
];

/** The tenant's public interface for the gateway, and the gateway's files that use it. */
const tenant = { folder: 'packages/tenant/', face: '#tenant', enteredBy: ['embedded', 'cli'] };

const importsExpress =
  /^(src\/(http\/.*|app\.ts|.*-(routes|guard)\.ts)|packages\/tenant\/src\/(app|.*-routes)\.ts)$/;
const readsEnvironment = /^(src\/(main\.ts|cli\/.*)|packages\/tenant\/src\/cli\.ts)$/;
const entries = new Set(['src/cli/index.ts', 'packages/tenant/src/index.ts', 'packages/client/src/index.ts']);
/** Generated files, which may be long. */
const generated = new Set(['packages/client/src/api-types.ts']);
const vagueFolders = new Set(['utils', 'util', 'helpers', 'helper', 'services', 'types', 'common', 'misc']);
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.test)?\.ts$/;

/** The only file where the tenant reads the machine's time. */
const tenantClock = 'packages/tenant/src/lib/clock.ts';
/** The only file that loads a module by an operator's path. */
const loadsByName = 'src/resources/routes-file/read-routes-module.ts';

/** Maximum length of a file, in lines. */
export const longest = { src: 300, test: 500 };

/** The rules for every file below `src/`, by name. */
export const LAYOUT_RULES = {
  layers: (file) => firstOf(file.imports, (specifier) => toLayerFault(file.path, specifier)),
  'auth modules': (file) => firstOf(file.imports, (specifier) => toAuthFault(file.path, specifier)),
  'products apart': (file) => firstOf(file.imports, (specifier) => toProductFault(file.path, specifier)),
  express: ({ path: at, imports }) =>
    fault(!importsExpress.test(at) && imports.some(isExpress), 'imports express'),
  environment: (file) =>
    fault(file.readsEnvironment && !readsEnvironment.test(file.path), 'touches process.env'),
  'tenant clock': (file) =>
    fault(
      file.readsWallClock && file.path.startsWith(`${tenant.folder}src/`) && file.path !== tenantClock,
      'reads the wall clock, not its Clock',
    ),
  'readable imports': (file) =>
    fault(file.hasOpaqueImport && file.path !== loadsByName, 'imports a module that is not a plain string'),
  'named exports': (file) => fault(file.hasDefaultExport, 'has a default export'),
  'no module state': (file) =>
    fault(file.hasModuleState, 'keeps state in a module: a let outside any function'),
  'no barrels': ({ path: at }) =>
    fault(path.posix.basename(at) === 'index.ts' && !entries.has(at), 'is a barrel'),
  'telling names': ({ path: at }) =>
    fault(!kebabCase.test(path.posix.basename(at)), 'is not named in kebab-case') ??
    firstOf(path.posix.dirname(at).split('/'), (folder) =>
      fault(vagueFolders.has(folder), `lies in a folder that says nothing: ${folder}`),
    ),
  size: ({ path: at, lines }) =>
    fault(lines > longest.src && !generated.has(at), `has ${lines} lines, more than ${longest.src}`),
} satisfies Record<string, LayoutRule>;

function toLayerFault(from: string, specifier: string): string | undefined {
  const target = targetOf(from, specifier);
  const product = products.find(({ sources }) => from.startsWith(sources));
  if (!product || !target?.startsWith(product.sources)) return undefined;
  const [folder, imported] = [folderOf(from, product.sources), folderOf(target, product.sources)];
  const isAllowed =
    folder === imported || layerOf(imported, product.layers) < layerOf(folder, product.layers);
  return fault(!isAllowed, `imports ${imported}, which is not below ${folder}`);
}

/** The modules of `auth/` must not import each other; shared code is in `auth/` itself. */
function toAuthFault(from: string, specifier: string): string | undefined {
  const sources = 'src/auth/';
  const target = targetOf(from, specifier);
  if (!from.startsWith(sources) || !target?.startsWith(sources)) return undefined;
  const [module, imported] = [from, target].map((at) => {
    const name = folderOf(at, sources);
    return name.endsWith('.ts') && name !== 'assemble.ts' ? AUTH_SHARED : name;
  }) as [string, string];
  const isAllowed = module === imported || layerOf(imported, authLayers) < layerOf(module, authLayers);
  return fault(!isAllowed, `imports ${imported}, which is not below ${module}`);
}

/** The target of a relative import, relative to the checkout; undefined for packages and data. */
function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.') || specifier.endsWith('.json')) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier);
}

/** A source imports only its own product's sources; a few files of the gateway import the tenant's public interface. */
function toProductFault(from: string, specifier: string): string | undefined {
  if (specifier === tenant.face)
    return fault(!tenant.enteredBy.includes(folderOf(from, 'src/')), `enters the tenant`);
  const target = targetOf(from, specifier);
  if (target === undefined) return undefined;
  const own = products.find(({ sources }) => from.startsWith(sources))?.sources ?? '';
  return fault(!target.startsWith(own), `imports ${target}, which is not in ${own}`);
}

/** `src/http/route.ts` → `http`; `src/main.ts` → `main.ts`. */
function folderOf(at: string, sources: string): string {
  return at.slice(sources.length).split('/')[0] ?? '';
}

// A folder that is not listed has no layer: it may not import other folders or be imported.
function layerOf(folder: string, layers: Layers): number {
  const layer = layers.findIndex((folders) => folders.includes(folder));
  return layer === -1 ? Number.NaN : layer;
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
