import { randomInt } from 'node:crypto';
import { randomAlphanumeric } from '../../lib/random.ts';
import type { Body } from './kept-resource.ts';

/** Makes ids such as `lst_…`. */
export const idOf =
  (prefix: string, length = 22) =>
  (): string =>
    `${prefix}_${randomAlphanumeric(length)}`;
/** 16 digits. */
export const digits = (): string => Array.from({ length: 16 }, () => randomInt(10)).join('');

/** The host name of the tenant, as its resources name it. */
export const tenantOf = (domain: string): string => domain.split(':', 1)[0] ?? domain;

/** A document without the named members. */
export const without =
  (...names: readonly string[]) =>
  (body: Body): Body =>
    Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
