import { createHash } from 'node:crypto';
import { type Html, trustedHtml } from './html.ts';

export interface InlineScript {
  /** The hash for `script-src`. */
  readonly source: string;
  readonly element: Html;
}

/** A constant inline script: data reaches it by attributes, not by its text. */
export const inlineScript = (text: string): InlineScript => ({
  source: `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  element: trustedHtml(`<script>${text}</script>`),
});
