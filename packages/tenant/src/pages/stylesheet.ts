import { readFileSync } from 'node:fs';
import { digest } from '../lib/random.ts';
import type { Endpoint } from '../wire/row.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** What every stylesheet of the tenant begins with: colours, and the look of what all pages have. */
export const baseStyles = read('base.css');

const text = `${baseStyles}\n${read('style.css')}`;
const version = digest(text).slice(0, 16);

/** Where pages find the stylesheet: a new address whenever it changes, so that it may be kept for ever. */
export const stylesheetHref = `/u/style.css?v=${version}`;

/** GET /u/style.css */
export const stylesheetEndpoint: Endpoint = {
  method: 'GET',
  path: '/u/style.css',
  handle: ({ query }) => ({
    body: text,
    contentType: 'text/css; charset=utf-8',
    headers: {
      'cache-control': query.get('v') === version ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
    },
  }),
};
