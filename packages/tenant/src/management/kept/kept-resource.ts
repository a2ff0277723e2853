import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { toIso } from '../../lib/clock.ts';
import { type Kept, keptKey } from '../../state/kept-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { checkpointQuery, listReply, pageQuery } from '../list-reply.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import { defineRow, type ManagementRow } from '../management-row.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A resource whose documents are stored and returned, without effect. */
export interface KeptResource {
  /** Path of its list; a segment `:name` is a parameter. */
  readonly path: string;
  /** The resource in its scopes, such as `log_streams`. */
  readonly scope: string;
  /** Checks that the parent resource of the path exists; throws 404. */
  readonly requireParent?: (context: TenantContext, params: Params) => void;
  /** The update methods, besides create, read, list and delete. Default: PATCH. */
  readonly changes?: readonly ('PATCH' | 'PUT')[];
  /** Name of the member with the id. Default: `id`. */
  readonly idName?: string;
  /** Creates an id, or names the body's member that is the id. */
  readonly makeId: (() => string) | string;
  /** Members that are required to create a document. */
  readonly required?: readonly string[];
  /** The member of a list response that contains the documents, or `array` for a bare array. */
  readonly list?: string;
  /** Whether the list response is an object with that member even without pagination. */
  readonly wrapped?: true;
  /** Status of a creation. Default: 201. */
  readonly created?: number;
  /** Whether documents have `created_at` and `updated_at`. */
  readonly stamped?: true;
  /** Absent members of a new document. */
  readonly defaults?: (given: Body, about: About) => Body;
  /** Members that a PATCH sets one by one. */
  readonly merged?: readonly string[];
  /** The document in responses; for secrets. Default: unchanged. */
  readonly show?: (body: Body) => Body;
  /** Message and error code of 404. `<id>` is replaced with the id. */
  readonly missing: readonly [message: string, errorCode?: string];
  /** Whether deleting a missing document responds 404. Default: 204. */
  readonly requiresExisting?: true;
  /** The response to a deletion. Default: 204 without a body. */
  readonly deleted?: { readonly status: number; readonly body: object };
  /** Whether documents cannot be deleted. */
  readonly isPermanent?: true;
  /** Message of 409 for a second document with the same id. */
  readonly conflict?: string;
}

type Params = Readonly<Record<string, string>>;

export interface About {
  readonly context: TenantContext;
  readonly id: string;
  readonly params: Params;
}

/** The path with the values of its parameters. */
export const fillPath = (path: string, params: Params): string =>
  path.replaceAll(/:(\w+)/g, (_whole, name: string) => params[name] ?? '');

const anyBody = z.looseObject({});

/** The rows of a resource: list, create, read, change and delete. */
export function keptRows(context: TenantContext, resource: KeptResource): ManagementRow[] {
  const { path, scope, idName = 'id', list, missing, show = (body) => body } = resource;
  const { changes = ['PATCH'] } = resource;
  const { kept } = context.state;
  const onePath = `${path}/:kept_id`;
  const now = () => toIso(context.clock.now());

  const enter = (params: Params): string => {
    resource.requireParent?.(context, params);
    return fillPath(path, params);
  };
  const find = (kind: string, id: string): Kept | undefined =>
    kept.find('kind', kind).find((one) => one.id === id);
  function requireKept(params: Params): Kept {
    const { kept_id: id = '' } = params;
    const found = find(enter(params), id);
    const [message, errorCode] = missing;
    if (!found) throw notFound(message.replace('<id>', id), errorCode);
    return found;
  }
  function put(kind: string, id: string, body: Body): Body {
    kept.put({ kind, id, body });
    return show(body);
  }

  /** The given members on top of the defaults; members that a PATCH merges are merged here too. */
  const fill = (defaults: Body = {}, given: Body): Body => {
    const merged = (resource.merged ?? []).flatMap((name) => {
      const [base, value] = [defaults[name], given[name]];
      return isPlain(base) && isPlain(value) ? [[name, { ...base, ...value }]] : [];
    });
    return { ...defaults, ...given, ...Object.fromEntries(merged) };
  };

  function create(params: Params, given: Body): Body {
    const kind = enter(params);
    const absent = resource.required?.find((name) => given[name] === undefined);
    if (absent !== undefined) throw invalidBody(`'Missing required property: ${absent}'`);
    const { makeId } = resource;
    const id = typeof makeId === 'string' ? String(given[makeId]) : makeId();
    if (find(kind, id))
      throw managementError(409, (resource.conflict ?? 'It already exists.').replace('<id>', id));
    const at = now();
    return put(kind, id, {
      [idName]: id,
      ...fill(resource.defaults?.(given, { context, id, params }), withoutNull(given)),
      ...(resource.stamped && { created_at: at, updated_at: at }),
    });
  }

  function change(params: Params, given: Body, method: 'PATCH' | 'PUT'): Body {
    const { kind, id, body: before } = requireKept(params);
    const { merged = [] } = resource;
    const wanted = Object.entries(given).map(([name, value]) => {
      const old = before[name];
      return [name, merged.includes(name) && isPlain(old) && isPlain(value) ? applyPatch(old, value) : value];
    });
    const fixed = {
      [idName]: id,
      ...(resource.stamped && { created_at: before.created_at, updated_at: now() }),
    };
    const next =
      method === 'PATCH'
        ? applyPatch<Body>(
            before,
            Object.fromEntries(wanted),
            resource.defaults?.(given, { context, id, params }),
          )
        : fill(resource.defaults?.(given, { context, id, params }), withoutNull(given));
    return put(kind, id, { ...next, ...fixed });
  }

  const deleteRow = () =>
    defineRow({
      method: 'DELETE',
      path: onePath,
      title: `Delete ${scope}`,
      scopes: [`delete:${scope}`],
      handle: ({ params }) => {
        const { kept_id: id = '' } = params;
        const found = resource.requiresExisting ? requireKept(params) : find(enter(params), id);
        if (found) removeKept(context, found);
        return resource.deleted ?? { status: 204 };
      },
    });

  const rows = [
    defineRow({
      method: 'GET',
      path: onePath,
      scopes: [`read:${scope}`],
      handle: ({ params }) => ({ status: 200, body: show(requireKept(params).body) }),
    }),
    defineRow({
      method: 'POST',
      path,
      title: `Create ${scope}`,
      scopes: [`create:${scope}`],
      body: anyBody,
      handle: ({ params, body }) => ({ status: resource.created ?? 201, body: create(params, body) }),
    }),
    ...changes.map((method) =>
      defineRow({
        method,
        path: onePath,
        title: `Update ${scope}`,
        scopes: [`update:${scope}`],
        body: anyBody,
        handle: ({ params, body }) => ({ status: 200, body: change(params, body, method) }),
      }),
    ),
    ...(resource.isPermanent ? [] : [deleteRow()]),
  ];
  if (list === undefined) return rows;
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: [`read:${scope}`],
      query: z.object({ ...pageQuery, ...checkpointQuery }),
      handle: ({ params, query }) => {
        const items = kept.find('kind', enter(params));
        const { include_totals, from, take } = query;
        const isPlainList = include_totals !== true && from === undefined && take === undefined;
        if (resource.wrapped && isPlainList)
          return { status: 200, body: { [list]: items.map(({ body }) => show(body)) } };
        if (list === 'array') return { status: 200, body: items.map(({ body }) => show(body)) };
        return listReply({ name: list, items, idOf: ({ id }) => id, show: ({ body }) => show(body) }, query);
      },
    }),
    ...rows,
  ];
}

/** Deletes a document with the documents below it. */
export function removeKept(
  { state }: Pick<TenantContext, 'state'>,
  { kind, id }: Pick<Kept, 'kind' | 'id'>,
): void {
  state.transaction(() => {
    removeKeptBelow({ state }, `${kind}/${id}`);
    state.kept.remove(keptKey(kind, id));
  });
}

/** Deletes the documents below a path, such as those of a connection. */
export function removeKeptBelow({ state }: Pick<TenantContext, 'state'>, path: string): void {
  for (const one of state.kept.list())
    if (one.kind === path || one.kind.startsWith(`${path}/`)) state.kept.remove(keptKey(one.kind, one.id));
}

export const withoutNull = (given: Body): Body =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

export const isPlain = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
