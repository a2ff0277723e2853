import type { TenantReply } from '../wire/row.ts';
import { attributes, html } from './html.ts';
import { inlineScript } from './inline-script.ts';
import { toPage } from './page.ts';

export interface WebMessageModel {
  /** The origin that may receive the response and frame this page. */
  readonly targetOrigin: string;
  /** The response parameters: `code`, `state`, `error` … */
  readonly response: Readonly<Record<string, string | number | undefined>>;
}

const script = inlineScript(`const { target, response } = document.querySelector('main > div').dataset;
(window.opener ?? window.parent).postMessage({ type: 'authorization_response', response: JSON.parse(response) }, target);`);

/** A response with `response_mode=web_message`: posted to the window that opened or frames this page. */
export const webMessagePage = ({ targetOrigin, response }: WebMessageModel): TenantReply =>
  toPage({
    heading: 'One moment',
    framedBy: [targetOrigin],
    script: script.source,
    body: html`<p class="lead">You may close this window.</p>
<div hidden${attributes({ 'data-target': targetOrigin, 'data-response': JSON.stringify(response) })}></div>`,
    end: script.element,
  });
