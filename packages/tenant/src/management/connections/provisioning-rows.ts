import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { toIso } from '../../lib/clock.ts';
import { randomAlphanumeric, randomHex } from '../../lib/random.ts';
import { isEnterprise } from '../../state/connection-defaults.ts';
import { defined } from '../../state/defaults.ts';
import { keptKey } from '../../state/kept-documents.ts';
import type { Connection } from '../../state/settings-documents.ts';
import { text } from '../body-parts.ts';
import { putKept, readKept, removeSetting } from '../kept/kept-setting.ts';
import { checkpointQuery, checkpointReply } from '../list-reply.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows, type ManagementRow } from '../management-row.ts';
import { requireConnection } from './write-connection.ts';

const mapping = z.array(z.looseObject({}));

/** A method of provisioning users from an identity provider: stored and returned, without effect. */
interface Provisioning {
  readonly name: 'scim-configuration' | 'directory-provisioning';
  readonly scope: string;
  /** The member with the time of the last change. */
  readonly changedAt: 'updated_on' | 'updated_at';
  readonly supports: (strategy: string) => boolean;
  readonly mapping: readonly Readonly<Record<string, string>>[];
  readonly defaults: (context: TenantContext) => Readonly<Record<string, unknown>>;
  readonly refusal: string;
}

const PROVISIONINGS: readonly Provisioning[] = [
  {
    name: 'scim-configuration',
    scope: 'scim_config',
    changedAt: 'updated_on',
    supports: isEnterprise,
    mapping: [
      { auth0: 'preferred_username', scim: 'userName' },
      { auth0: 'email', scim: 'emails[primary eq true].value' },
      { auth0: 'app_metadata.external_id', scim: 'externalId' },
      { auth0: 'blocked', scim: 'active' },
      { auth0: 'name', scim: 'displayName' },
      { auth0: 'given_name', scim: 'name.givenName' },
      { auth0: 'family_name', scim: 'name.familyName' },
    ],
    defaults: ({ domain }) => ({
      tenant_name: domain.split(':', 1)[0],
      user_id_attribute: 'externalId',
    }),
    refusal:
      'This connection type does not support SCIM. Please see our documentation for the currently supported connection types: https://auth0.com/docs/authenticate/protocols/scim/configure-inbound-scim.',
  },
  {
    name: 'directory-provisioning',
    scope: 'directory_provisionings',
    changedAt: 'updated_at',
    supports: (strategy) => strategy === 'google-apps',
    mapping: [
      { idp: 'id', auth0: 'app_metadata.external_id' },
      { idp: 'primaryEmail', auth0: 'email' },
      { idp: 'name.fullName', auth0: 'name' },
      { idp: 'name.givenName', auth0: 'given_name' },
      { idp: 'name.familyName', auth0: 'family_name' },
    ],
    defaults: () => ({ synchronize_automatically: false, synchronize_groups: 'off' }),
    refusal: 'This connection type does not support directory provisioning.',
  },
];

const pathOf = ({ id }: Connection, { name }: Provisioning): string => `/connections/${id}/${name}`;

/** Inbound SCIM and directory provisioning of connections, and the keys of a connection. */
export const provisioningRows: MakeRows = (context) => [
  ...PROVISIONINGS.flatMap((kind) => rowsOf(context, kind)),
  ...scimTokenRows(context),
  ...groupRows(context),
];

function rowsOf(context: TenantContext, kind: Provisioning): ManagementRow[] {
  const path = `/connections/:id/${kind.name}`;
  const body = z
    .looseObject({ mapping: mapping.optional(), user_id_attribute: text(255).optional() })
    .nullish();
  const now = () => toIso(context.clock.now());

  function requireIt(id: string | undefined) {
    const connection = requireConnection(context, id);
    const found = readKept(context, pathOf(connection, kind));
    if (!found) throw notFound(`The connection has no ${kind.name.replace('-', ' ')}`);
    return { connection, found };
  }

  return [
    defineRow({
      method: 'GET',
      path,
      scopes: [`read:${kind.scope}`],
      handle: ({ params }) => ({ status: 200, body: requireIt(params.id).found }),
    }),
    defineRow({
      method: 'POST',
      path,
      title: `Create ${kind.name}`,
      scopes: [`create:${kind.scope}`],
      body,
      handle: ({ params, body: given }) => {
        const connection = requireConnection(context, params.id);
        if (!kind.supports(connection.strategy)) throw notFound(kind.refusal);
        if (readKept(context, pathOf(connection, kind)))
          throw managementError(409, `The connection already has a ${kind.name.replace('-', ' ')}`);
        const { id, name, strategy } = connection;
        const made = {
          connection_id: id,
          connection_name: name,
          strategy,
          mapping: kind.mapping,
          ...kind.defaults(context),
          ...defined(given ?? {}),
          created_at: now(),
          [kind.changedAt]: now(),
        };
        putKept(context, pathOf(connection, kind), made);
        return { status: 201, body: made };
      },
    }),
    defineRow({
      method: 'PATCH',
      path,
      title: `Update ${kind.name}`,
      scopes: [`update:${kind.scope}`],
      body,
      handle: ({ params, body: given }) => {
        const { connection, found } = requireIt(params.id);
        const next = { ...found, ...defined(given ?? {}), [kind.changedAt]: now() };
        putKept(context, pathOf(connection, kind), next);
        return { status: 200, body: next };
      },
    }),
    defineRow({
      method: 'DELETE',
      path,
      title: `Delete ${kind.name}`,
      scopes: [`delete:${kind.scope}`],
      handle: ({ params }) => {
        removeSetting(context, `/connections/${params.id}/${kind.name}`);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: `${path}/default-mapping`,
      scopes: [`read:${kind.scope}`],
      handle: ({ params }) => {
        requireConnection(context, params.id);
        return { status: 200, body: { mapping: kind.mapping } };
      },
    }),
  ];
}

const tokenBody = z
  .looseObject({ scopes: z.array(text(50)).optional(), token_lifetime: z.int().min(900).nullish() })
  .nullish();

function scimTokenRows(context: TenantContext): ManagementRow[] {
  const path = '/connections/:id/scim-configuration/tokens';
  const kindOf = ({ id }: Connection): string => `/connections/${id}/scim-configuration/tokens`;
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: ['read:scim_token'],
      handle: ({ params }) => ({
        status: 200,
        body: context.state.kept
          .find('kind', kindOf(requireConnection(context, params.id)))
          .map(({ body }) => body),
      }),
    }),
    defineRow({
      method: 'POST',
      path,
      title: 'Create a SCIM token',
      scopes: ['create:scim_token'],
      body: tokenBody,
      handle: ({ params, body }) => {
        const connection = requireConnection(context, params.id);
        const token_id = `tok_${randomAlphanumeric(16)}`;
        const kept = {
          token_id,
          scopes: body?.scopes ?? ['get:users', 'post:users', 'put:users', 'patch:users', 'delete:users'],
          created_at: toIso(context.clock.now()),
        };
        context.state.kept.put({ kind: kindOf(connection), id: token_id, body: kept });
        // The token is shown once and not stored: it has no effect here.
        return { status: 201, body: { ...kept, token: `${token_id}.${randomHex(32)}` } };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: `${path}/:token`,
      title: 'Delete a SCIM token',
      scopes: ['delete:scim_token'],
      handle: ({ params }) => {
        const kind = kindOf(requireConnection(context, params.id));
        context.state.kept.remove(keptKey(kind, params.token ?? ''));
        return { status: 204 };
      },
    }),
  ];
}

const groupsBody = z.strictObject({
  groups: z.array(z.looseObject({ id: text(255, 1), email: z.email().optional() })),
});
type Group = z.output<typeof groupsBody>['groups'][number];

/** The groups that a directory synchronizes. */
function groupRows(context: TenantContext): ManagementRow[] {
  const path = '/connections/:id/directory-provisioning/synchronized-groups';
  const kindOf = (id: string | undefined): string =>
    `/connections/${requireConnection(context, id).id}/directory-provisioning/synchronized-groups`;
  const { kept } = context.state;
  const write = (
    method: 'POST' | 'PUT' | 'DELETE',
    apply: (kind: string, groups: readonly Group[]) => void,
  ) =>
    defineRow({
      method,
      path,
      title: 'Change the synchronized groups',
      scopes: ['update:directory_provisionings'],
      body: groupsBody,
      handle: ({ params, body }) => {
        const kind = kindOf(params.id);
        context.state.transaction(() => apply(kind, body.groups));
        return { status: 204 };
      },
    });
  const add = (kind: string, groups: readonly Group[]): void => {
    for (const group of groups) kept.put({ kind, id: group.id, body: group });
  };
  const remove = (kind: string, ids: readonly string[]): void => {
    for (const id of ids) kept.remove(keptKey(kind, id));
  };
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: ['read:directory_provisionings'],
      query: z.object(checkpointQuery),
      handle: ({ params, query }) => {
        const items = kept.find('kind', kindOf(params.id));
        return checkpointReply(
          { name: 'groups', items, idOf: ({ id }) => id, show: ({ body }) => body },
          query,
        );
      },
    }),
    write('POST', add),
    write('PUT', (kind, groups) => {
      remove(
        kind,
        kept.find('kind', kind).map(({ id }) => id),
      );
      add(kind, groups);
    }),
    write('DELETE', (kind, groups) =>
      remove(
        kind,
        groups.map(({ id }) => id),
      ),
    ),
  ];
}
