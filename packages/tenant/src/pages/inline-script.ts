import { createHash } from 'node:crypto';
import { type Html, trustedHtml } from './html.ts';

export interface InlineScript {
  /** Its hash, as `script-src` names it. */
  readonly source: string;
  readonly element: Html;
}

/** A script of ours that never changes: data reach it by attributes, not by its text. */
export const inlineScript = (text: string): InlineScript => ({
  source: `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  element: trustedHtml(`<script>${text}</script>`),
});
