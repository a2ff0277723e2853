import type { InboxMessage } from '../control/control-rows.ts';
import { type Html, html } from '../pages/html.ts';
import { list, mark, safeLink } from './elements.ts';
import { formatTime } from './times.ts';

const KINDS: Readonly<Record<string, string>> = {
  verify_email: 'Verify email',
  reset_password: 'Reset password',
  blocked_account: 'Blocked account',
  passwordless_code: 'Sign-in code',
  passwordless_link: 'Sign-in link',
  mfa_code: 'Second factor',
  mfa_push: 'Push',
};

const toKind = (kind: string): string => (Object.hasOwn(KINDS, kind) ? (KINDS[kind] ?? kind) : kind);

/** Sent mails and text messages, with their code or link. */
export const mailList = (messages: readonly InboxMessage[], nowMs: number, none: string): Html =>
  list(
    messages.map(
      ({ to, kind, subject, code, link, at }) => html`<div class="line">
<span class="when">${formatTime(at, nowMs)}</span>
<span class="what"><a href="${`/console/inbox?to=${encodeURIComponent(to)}`}">${to}</a></span>
<span class="who">${mark(toKind(kind))}</span>
</div>
<p class="more">${subject}</p>
${code !== undefined && html`<p class="code-line"><code class="big">${code}</code></p>`}
${link !== undefined && html`<p class="link-line">${safeLink(link)}</p>`}`,
    ),
    none,
    'mail',
  );
