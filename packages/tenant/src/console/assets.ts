import { readFileSync } from 'node:fs';
import { digest } from '../lib/random.ts';
import type { TenantReply } from '../wire/row.ts';

/** A file of the console's own that its pages load. */
export interface Asset {
  /** Below `/console`. */
  readonly path: string;
  /** A new address whenever the file changes, so that it may be kept for ever. */
  readonly href: string;
  readonly reply: (version: string | null) => TenantReply;
}

function readAsset(path: string, file: string, contentType: string): Asset {
  const body = readFileSync(new URL(file, import.meta.url), 'utf8');
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

export const stylesheet = readAsset('/style.css', 'console.css', 'text/css; charset=utf-8');

/** Brings the regions that are marked `data-live` up to date; every page is whole without it. */
export const script = readAsset('/live.js', 'live.js', 'text/javascript; charset=utf-8');
