import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card, searchForm } from './elements.ts';
import { factorList } from './factor-list.ts';
import { mailList } from './mail-list.ts';

const SHOWN = 100;

/**
 * GET /console/inbox, optionally with `to` for one recipient: mails, text messages, and codes of authenticator apps.
 */
export const inboxPage = ({ context: { clock }, control }: ConsoleDeps): ConsolePage => ({
  path: '/inbox',
  section: 'inbox',
  show: (visit) => {
    const to = (visit.query.get('to') ?? '').trim();
    const messages = control.inbox.list(to === '' ? {} : { to });
    const codes = control.factors.totp(to === '' ? undefined : to);
    return {
      title: 'Inbox',
      lead: 'Mails and text messages that a real tenant would send. They do not leave this machine.',
      refreshMs: 2000,
      body: html`${searchForm(visit, 'to', 'Recipient: address or phone number')}
<div class="cards">
${card({
  id: 'mails',
  title: to === '' ? 'Mails and text messages' : `To ${to}`,
  aside: to !== '' && html`<a href="/console/inbox">All</a>`,
  live: true,
  look: 'wide',
  body: mailList(messages.slice(-SHOWN).toReversed(), clock.now(), 'Nothing yet.'),
})}
${card({
  id: 'totp',
  title: 'Authenticator codes',
  live: true,
  look: 'wide',
  body: factorList(codes, 'No authenticator apps.'),
})}
</div>`,
    };
  },
});
