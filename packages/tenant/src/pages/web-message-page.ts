import type { TenantReply } from '../wire/row.ts';
import { attributes, html } from './html.ts';
import { inlineScript } from './inline-script.ts';
import { toPage } from './page.ts';

export interface WebMessageModel {
  /** The origin that may have the answer, and may frame this page. */
  readonly targetOrigin: string;
  /** What the answer says: `code`, `state`, `error` … */
  readonly response: Readonly<Record<string, string | number | undefined>>;
}

const script = inlineScript(`const { target, response } = document.querySelector('main > div').dataset;
(window.opener ?? window.parent).postMessage({ type: 'authorization_response', response: JSON.parse(response) }, target);`);

/** The answer in `response_mode=web_message`: posted to the window that opened this one, or frames it. */
export const webMessagePage = ({ targetOrigin, response }: WebMessageModel): TenantReply =>
  toPage({
    heading: 'One moment',
    framedBy: [targetOrigin],
    script: script.source,
    body: html`<p class="lead">You may close this window.</p>
<div hidden${attributes({ 'data-target': targetOrigin, 'data-response': JSON.stringify(response) })}></div>`,
    end: script.element,
  });
