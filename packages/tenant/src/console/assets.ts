import { readFileSync } from 'node:fs';
import { digest } from '../lib/random.ts';
import { baseStyles } from '../pages/stylesheet.ts';
import type { TenantReply } from '../wire/row.ts';

/** A file of the console's own that its pages load. */
export interface Asset {
  /** Below `/console`. */
  readonly path: string;
  /** A new address whenever the file changes, so that it may be kept for ever. */
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

/** Brings the regions that are marked `data-live` up to date; every page is whole without it. */
export const script = toAsset('/live.js', read('live.js'), 'text/javascript; charset=utf-8');
