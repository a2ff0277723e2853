import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { toPage } from './page.ts';

/** The form posts to /u/mfa-push with `action` of `accept` or `deny`. */
export interface PushModel {
  /** Sent as the hidden field `ticket`. */
  readonly ticket: string;
  readonly user: string;
  /** Whether the push enrols the device. */
  readonly enrols: boolean;
}

/** Stands in for the Guardian app on a device. */
export const pushPage = ({ ticket, user, enrols }: PushModel): TenantReply =>
  toPage({
    heading: enrols ? 'Set up this device?' : 'Are you signing in?',
    body: html`<p class="lead">${
      enrols ? 'This device will confirm sign-ins of' : 'A sign-in is in progress for'
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
