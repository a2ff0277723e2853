import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { toPage } from './page.ts';

/** POST /u/mfa-push with `action` of `accept` or `deny`. */
export interface PushModel {
  /** The hidden field `ticket`. */
  readonly ticket: string;
  readonly user: string;
  /** Whether the device is being set up. */
  readonly enrols: boolean;
}

/** What a device with the Guardian app would show: is it you? */
export const pushPage = ({ ticket, user, enrols }: PushModel): TenantReply =>
  toPage({
    heading: enrols ? 'Set up this device?' : 'Is it you who is signing in?',
    body: html`<p class="lead">${
      enrols ? 'It will be asked when this account signs in:' : 'Somebody has entered the password of'
    } <strong>${user}</strong></p>
${form(
  '/u/mfa-push',
  { ticket },
  html`<div class="choice">
${button({ label: 'Allow', name: 'action', value: 'accept' })}
${button({ label: 'Deny', name: 'action', value: 'deny', look: 'secondary' })}
</div>`,
)}`,
  });
