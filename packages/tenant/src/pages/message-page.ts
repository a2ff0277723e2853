import type { TenantReply } from '../wire/row.ts';
import { html } from './html.ts';
import { icon } from './icons.ts';
import { type PageOptions, toPage } from './page.ts';

/** A page without a form: an error, or that something is done. */
export interface MessageModel extends PageOptions {
  readonly tone: 'error' | 'done' | 'plain';
  readonly heading: string;
  /** A sentence or two; a list makes paragraphs. */
  readonly text: string | readonly string[];
  /** What a developer looks for: code of the error, what was sent. */
  readonly details?: readonly { readonly label: string; readonly value: string }[] | undefined;
  /** Where to go from here: a path of ours, or an http(s) address. */
  readonly link?: { readonly href: string; readonly label: string } | undefined;
}

export const messagePage = (model: MessageModel): TenantReply =>
  toPage({
    ...model,
    sign: model.tone === 'plain' ? undefined : icon(model.tone, `sign ${model.tone}`),
    body: html`${[model.text].flat().map((paragraph) => html`<p>${paragraph}</p>`)}
${model.details && html`<dl>${model.details.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`}
${model.link && html`<a class="button" href="${model.link.href}">${model.link.label}</a>`}`,
  });
