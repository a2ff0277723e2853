import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { keptKey } from '../../state/kept-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type ManagementRow } from '../management-row.ts';
import { type Body, fillPath, isPlain } from './kept-resource.ts';

/** A single document of the tenant or of the resource in its path: stored and returned, without effect. */
export interface KeptSetting {
  readonly path: string;
  /** The scopes that read and write it. */
  readonly read: readonly string[];
  readonly update: readonly string[];
  /** The operations that change it: PATCH sets member by member, PUT replaces. */
  readonly changes: readonly ('PATCH' | 'PUT')[];
  /** Whether it can be read. Default: yes. */
  readonly isHidden?: true;
  /** The document before it is set. */
  readonly defaults: Body;
  /** Members that a PATCH sets one by one. */
  readonly merged?: readonly string[];
  /** The document in responses; for secrets. Default: unchanged. */
  readonly show?: (body: Body) => Body;
  /** Checks that the parent resource of the path exists; throws 404. */
  readonly requireParent?: (context: TenantContext, params: Readonly<Record<string, string>>) => void;
}

/** The only id of a kind with one document. */
const ONLY = 'only';
const anyBody = z.looseObject({});

/** The stored document of a path; undefined if it has not been set. */
export const readKept = ({ state }: Pick<TenantContext, 'state'>, path: string): Body | undefined =>
  state.kept.get(keptKey(path, ONLY))?.body;

export const putKept = ({ state }: Pick<TenantContext, 'state'>, path: string, body: Body): void =>
  state.kept.put({ kind: path, id: ONLY, body });

export const removeSetting = ({ state }: Pick<TenantContext, 'state'>, path: string): boolean =>
  state.kept.remove(keptKey(path, ONLY));

/** The document of a path. Throws 404 if it has not been set. */
export function requireKeptAt(
  context: Pick<TenantContext, 'state'>,
  path: string,
  message: string,
  code?: string,
): Body {
  const found = readKept(context, path);
  if (!found) throw notFound(message, code);
  return found;
}

/** The rows of a setting: read and change. */
export function settingRows(context: TenantContext, setting: KeptSetting): ManagementRow[] {
  const { path, defaults, merged = [], show = (body) => body } = setting;
  const read = (at: string): Body => ({ ...defaults, ...readKept(context, at) });
  const change = (at: string, given: Body, method: 'PATCH' | 'PUT'): Body => {
    const before = read(at);
    const wanted = Object.entries(given).map(([name, value]) => {
      const old = before[name];
      return [name, merged.includes(name) && isPlain(old) && isPlain(value) ? applyPatch(old, value) : value];
    });
    const next = method === 'PUT' ? given : applyPatch<Body>(before, Object.fromEntries(wanted));
    putKept(context, at, next);
    return show(method === 'PUT' ? next : { ...defaults, ...next });
  };
  const writes = setting.changes.map((method) =>
    defineRow({
      method,
      path,
      title: `Update ${path}`,
      scopes: setting.update,
      body: anyBody,
      handle: ({ params, body }) => {
        setting.requireParent?.(context, params);
        return { status: 200, body: change(fillPath(path, params), body, method) };
      },
    }),
  );
  if (setting.isHidden) return writes;
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: setting.read,
      handle: ({ params }) => {
        setting.requireParent?.(context, params);
        return { status: 200, body: show(read(fillPath(path, params))) };
      },
    }),
    ...writes,
  ];
}
