import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { inlineScript } from './inline-script.ts';
import { type PageOptions, toPage } from './page.ts';

export interface FormPostModel extends Pick<PageOptions, 'redirectsTo'> {
  /** The client's callback, already validated. */
  readonly redirectUri: string;
  /** The response parameters: `code`, `state`, `id_token`, `error` … */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

// Called on the prototype, because a parameter can be named `submit`.
const script = inlineScript('HTMLFormElement.prototype.submit.call(document.forms[0]);');

/** A response with `response_mode=form_post`: a form that submits itself, or by its button without scripts. */
export const formPostPage = ({ redirectUri, redirectsTo = [], parameters }: FormPostModel): TenantReply =>
  toPage({
    heading: 'One moment',
    redirectsTo: [redirectUri, ...redirectsTo],
    script: script.source,
    body: html`<p class="lead">If nothing happens, press Continue.</p>
${form(redirectUri, parameters, button({ label: 'Continue' }))}`,
    end: script.element,
  });
