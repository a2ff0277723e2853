import { z } from 'zod';
import { defineRoute, type GuardRule, isGuarded, type Route, type RowFacts } from '../http/route.ts';
import { toStablePath } from './challenges.ts';

const METADATA_PATH = '/.well-known/oauth-protected-resource';

const resourceMetadata = z
  .object({
    resource: z.string(),
    resource_name: z.string(),
    authorization_servers: z.array(z.string()),
    /** Absent if a row requires no scope: parameters without values are omitted (RFC 9728 §3.2). */
    scopes_supported: z.array(z.string()).min(1).optional(),
    bearer_methods_supported: z.array(z.string()),
    resource_documentation: z.string(),
  })
  .meta({ id: 'gatehouse.ResourceMetadata' });

/** All scopes of a guard. */
export const toGuardScopes = (guard: GuardRule): string[] => [
  ...(guard.scopes ?? []),
  ...(guard.anyScope ?? []),
  ...(guard.scopesOrPermissions ?? []),
];

/** All scopes of the guards of some rows, without duplicates, in the order of the rows. */
export const toScopesOfRows = (rows: readonly RowFacts[]): string[] => [
  ...new Set(rows.flatMap(({ guard }) => (isGuarded(guard) ? toGuardScopes(guard) : []))),
];

const toOperationId = (path: string): string =>
  `getResourceMetadata${path.replaceAll(/[^A-Za-z0-9]+(.?)/g, (_, first: string) => first.toUpperCase())}`;

/**
 * The RFC 9728 metadata of the gateway and of each guarded row, to which challenges refer. A row's path follows the
 * well-known part (RFC 9728 §3.1).
 */
export function resourceMetadataRoutes(
  rows: readonly RowFacts[],
  publicUrl: string,
  issuer: string,
): Route[] {
  const guarded = rows.filter(({ guard }) => isGuarded(guard));
  const toRow = (path: string, scopes: readonly string[], operationId: string): Route =>
    defineRoute({
      method: 'GET',
      path: `${METADATA_PATH}${path}`,
      guard: 'public',
      operationId,
      summary: path === '' ? 'Protected resource metadata' : `Protected resource metadata of ${path}`,
      tag: 'About',
      responses: { 200: { description: 'RFC 9728 metadata', schema: resourceMetadata } },
      errors: [],
      pure: true,
      ...(path !== '' && { undocumented: true }),
      handler: () => ({
        status: 200,
        body: {
          resource: `${publicUrl}${path}`,
          resource_name: 'Gatehouse',
          authorization_servers: [issuer],
          ...(scopes.length > 0 && { scopes_supported: [...scopes] }),
          bearer_methods_supported: ['header'],
          resource_documentation: `${publicUrl}/docs`,
        },
      }),
    });
  const byPath = Map.groupBy(guarded, ({ path }) => toStablePath(path));
  byPath.delete('');
  return [
    toRow('', toScopesOfRows(guarded), 'getResourceMetadata'),
    ...[...byPath].map(([path, ofPath]) => toRow(path, toScopesOfRows(ofPath), toOperationId(path))),
  ];
}
