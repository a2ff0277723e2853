import type { TenantReply } from '../wire/row.ts';
import { html } from './html.ts';
import { icon } from './icons.ts';
import { type PageOptions, toPage } from './page.ts';

/** A page without a form: an error or a confirmation. */
export interface MessageModel extends PageOptions {
  readonly tone: 'error' | 'done' | 'plain';
  readonly heading: string;
  /** A list renders paragraphs. */
  readonly text: string | readonly string[];
  /** Details for developers, such as the error code and the sent value; those without a value are left out. */
  readonly details?: readonly { readonly label: string; readonly value: string | undefined }[] | undefined;
  /** The next step: a path of the tenant, or an http(s) URL. */
  readonly link?: { readonly href: string; readonly label: string } | undefined;
}

export function messagePage(model: MessageModel): TenantReply {
  const details = model.details?.filter(({ value }) => value !== undefined) ?? [];
  return toPage({
    ...model,
    sign: model.tone === 'plain' ? undefined : icon(model.tone, `sign ${model.tone}`),
    body: html`${[model.text].flat().map((paragraph) => html`<p>${paragraph}</p>`)}
${details.length > 0 && html`<dl>${details.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`}
${model.link && html`<a class="button" href="${model.link.href}">${model.link.label}</a>`}`,
  });
}
