import { type Html, html } from './html.ts';

/** A long key in visual groups of four; a copy of it contains no spaces. */
export const inFours = (key: string): Html =>
  html`${(key.match(/.{1,4}/g) ?? []).map((part) => html`<span class="part">${part}</span><wbr>`)}`;
