import { readFileSync } from 'node:fs';
import { digest } from '../lib/random.ts';
import type { Endpoint } from '../wire/row.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The base of every stylesheet: colours and common elements. */
export const baseStyles = read('base.css');

const TEXT = `${baseStyles}\n${read('style.css')}`;
const VERSION = digest(TEXT).slice(0, 16);

/** The stylesheet's URL. It changes with the content, so that it can be cached forever. */
export const STYLESHEET_HREF = `/u/style.css?v=${VERSION}`;

const ICON = read('favicon.svg');

/** GET /favicon.ico, which browsers request automatically: the icon of every page and of the console. */
export const faviconEndpoint: Endpoint = {
  method: 'GET',
  path: '/favicon.ico',
  handle: () => ({
    body: ICON,
    contentType: 'image/svg+xml',
    headers: { 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff' },
  }),
};

/** GET /u/style.css */
export const stylesheetEndpoint: Endpoint = {
  method: 'GET',
  path: '/u/style.css',
  handle: ({ query }) => ({
    body: TEXT,
    contentType: 'text/css; charset=utf-8',
    headers: {
      'cache-control': query.get('v') === VERSION ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
    },
  }),
};
