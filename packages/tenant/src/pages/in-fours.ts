import { type Html, html } from './html.ts';

/** A long key in groups of four that the eye can follow; copied, it has no spaces. */
export const inFours = (key: string): Html =>
  html`${(key.match(/.{1,4}/g) ?? []).map((part) => html`<span class="part">${part}</span><wbr>`)}`;
