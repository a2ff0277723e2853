import { format } from 'node:util';
import type { ExplainedRule } from '../users/password-rules.ts';
import { type Html, html } from './html.ts';

/** The rules of the password policy; with `showResults`, each with its result for the submitted password. */
export const passwordRulesList = (rules: readonly ExplainedRule[], showResults: boolean): Html =>
  html`<ul class="rules">${rules.map(
    (rule) =>
      html`<li${mark(rule.verified, showResults)}>${format(rule.message, ...(rule.format ?? []))}${verdict(rule.verified, showResults)}${
        rule.items &&
        html`<ul>${rule.items.map((item) => html`<li${mark(item.verified, showResults)}>${item.message}${verdict(item.verified, showResults)}</li>`)}</ul>`
      }</li>`,
  )}</ul>`;

const mark = (kept: boolean, showResults: boolean): Html | false =>
  showResults && (kept ? html` class="kept"` : html` class="broken"`);

const verdict = (kept: boolean, showResults: boolean): Html | false =>
  showResults && html`<span class="unseen"> (${kept ? 'kept' : 'not kept'})</span>`;
