import { readFileSync } from 'node:fs';
import { digest } from '../lib/random.ts';
import { baseStyles } from '../pages/static-files.ts';
import type { TenantReply } from '../wire/row.ts';

/** A static file of the console. */
export interface Asset {
  /** Relative to `/console`. */
  readonly path: string;
  /** The URL changes whenever the file changes, so it can be cached forever. */
  readonly href: string;
  readonly reply: (version: string | null) => TenantReply;
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

function toAsset(path: string, body: string, contentType: string): Asset {
  const current = digest(body).slice(0, 16);
  return {
    path,
    href: `/console${path}?v=${current}`,
    reply: (version) => ({
      body,
      contentType,
      headers: {
        'cache-control': version === current ? 'private, max-age=31536000, immutable' : 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      },
    }),
  };
}

export const stylesheet = toAsset(
  '/style.css',
  `${baseStyles}\n${read('console.css')}`,
  'text/css; charset=utf-8',
);

/** Refreshes the regions marked `data-live`; every page works without it. */
export const script = toAsset('/live.js', read('live.js'), 'text/javascript; charset=utf-8');
