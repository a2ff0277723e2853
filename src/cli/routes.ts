import type { Fault } from '../config/faults.ts';
import { toFaultLines } from '../config/faults.ts';
import { readRoutesSources } from '../config/read-config.ts';
import { ownRoutes } from '../resources/own-routes.ts';
import { type AddedRoutes, readRoutes } from '../resources/routes-file/read-routes.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { printFaults, printMessage, printResult } from './output.ts';

/** One line of the list. */
interface ListedRoute {
  readonly methods: string;
  readonly path: string;
  readonly guard: string;
  readonly token: string;
  /** The upstream, or the gateway itself. */
  readonly upstream: string;
}

type Sources = { readonly faults: readonly Fault[] } | { readonly routes: AddedRoutes };

/** The routes of the configuration; faults of other variables are ignored. */
async function readSources(): Promise<Sources> {
  const read = readRoutesSources(process.env, { cwd: process.cwd() });
  if (!read.ok) return { faults: read.faults };
  const { routesFile, routesModule } = read.sources;
  if (routesFile === undefined && routesModule === undefined)
    printMessage('Neither ROUTES_FILE nor ROUTES_MODULE is set.');
  const added = await readRoutes(read.sources, ownRoutes(), read.lookUp);
  return added.ok ? { routes: added.routes } : { faults: added.faults };
}

const toGuardText = (guard: unknown): string => (guard === 'public' ? 'public' : JSON.stringify(guard));

const toListed = ({ proxied, local }: AddedRoutes): ListedRoute[] => [
  ...[...ownRoutes(), ...local].map(({ method, path, guard }) => ({
    methods: method,
    path,
    guard: toGuardText(guard),
    token: '-',
    upstream: 'the gateway',
  })),
  ...proxied.map(({ methods, path, guard, token, upstream, rewrite }) => ({
    methods: methods.join(','),
    path,
    guard: toGuardText(guard),
    token,
    upstream: `${upstream}${rewrite ?? ''}`,
  })),
];

/** `routes check`: all faults of the routes file and module. */
export async function checkRoutes(isJson: boolean): Promise<ExitCode> {
  const read = await readSources();
  const faults = 'faults' in read ? read.faults : [];
  const ok = faults.length === 0;
  printResult(isJson, { ok, faults }, () => (ok ? ['The routes are valid.'] : toFaultLines(faults)));
  return ok ? EXIT_CODES.fine : EXIT_CODES.configuration;
}

/** `routes list`: all resource routes. */
export async function listRoutes(isJson: boolean): Promise<ExitCode> {
  const read = await readSources();
  if ('faults' in read) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  const listed = toListed(read.routes);
  printResult(isJson, { ok: true, routes: listed }, () => {
    const widths = (['methods', 'path', 'guard', 'token'] as const).map((key) =>
      Math.max(...listed.map((row) => row[key].length)),
    );
    return listed.map((row) =>
      [row.methods, row.path, row.guard, row.token, row.upstream]
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  '),
    );
  });
  return EXIT_CODES.fine;
}
