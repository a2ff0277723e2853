import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { inlineScript } from './inline-script.ts';
import { type PageOptions, toPage } from './page.ts';

export interface FormPostModel extends Pick<PageOptions, 'redirectsTo'> {
  /** The client's callback, which has been judged. */
  readonly redirectUri: string;
  /** What the answer says: `code`, `state`, `id_token`, `error` … */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

// Called on the prototype: a parameter may be named `submit`.
const script = inlineScript('HTMLFormElement.prototype.submit.call(document.forms[0]);');

/** The answer in `response_mode=form_post`: a form that sends itself, or by its button where scripts are off. */
export const formPostPage = ({ redirectUri, redirectsTo = [], parameters }: FormPostModel): TenantReply =>
  toPage({
    heading: 'One moment',
    redirectsTo: [redirectUri, ...redirectsTo],
    script: script.source,
    body: html`<p class="lead">If nothing happens, press Continue.</p>
${form(redirectUri, parameters, button({ label: 'Continue' }))}`,
    end: script.element,
  });
