import { format } from 'node:util';
import type { ExplainedRule } from '../users/password-rules.ts';
import { type Html, html } from './html.ts';

/** What the policy asks of a password, rule by rule; `judged`: which of them the last try kept. */
export const passwordRulesList = (rules: readonly ExplainedRule[], judged: boolean): Html =>
  html`<ul class="rules">${rules.map(
    (rule) =>
      html`<li${mark(rule.verified, judged)}>${format(rule.message, ...(rule.format ?? []))}${verdict(rule.verified, judged)}${
        rule.items &&
        html`<ul>${rule.items.map((item) => html`<li${mark(item.verified, judged)}>${item.message}${verdict(item.verified, judged)}</li>`)}</ul>`
      }</li>`,
  )}</ul>`;

const mark = (kept: boolean, judged: boolean): Html | false =>
  judged && (kept ? html` class="kept"` : html` class="broken"`);

const verdict = (kept: boolean, judged: boolean): Html | false =>
  judged && html`<span class="unseen"> (${kept ? 'kept' : 'not kept'})</span>`;
