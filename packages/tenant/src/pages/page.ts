import type { TenantReply } from '../wire/row.ts';
import { contentSecurityPolicy, type PolicyParts } from './content-security-policy.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { stylesheetHref } from './stylesheet.ts';

/** What may be said about any page. */
export interface PageOptions {
  /** Of the answer; 200 where absent. */
  readonly status?: number | undefined;
  /**
   * URLs outside of the tenant to which the answers to this page's forms may redirect: browsers hold each redirect
   * after a POST against `form-action`.
   */
  readonly redirectsTo?: readonly string[] | undefined;
}

/** What the pages of a sign-in have in common. */
export interface StepModel extends PageOptions {
  /** Id of the login transaction; the hidden field `state`. */
  readonly state: string;
  /** Name of the application that is signed in to. */
  readonly application: string;
  /** What went wrong with the step before, in a sentence. */
  readonly error?: string | undefined;
}

export interface Page extends PageOptions, Omit<PolicyParts, 'redirectsTo'> {
  /** The one heading; with the application's name, the title of the window. */
  readonly heading: string;
  readonly application?: string | undefined;
  /** Above the heading. */
  readonly sign?: Html | undefined;
  /** Below the heading. */
  readonly body: Html;
  /** After everything else. */
  readonly end?: Html | undefined;
}

/** A whole HTML page with the headers that guard it. */
export function toPage({
  heading,
  application,
  sign,
  body,
  end,
  status = 200,
  ...policy
}: Page): TenantReply {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}${application !== undefined && ` · ${application}`}</title>
<link rel="stylesheet" href="${stylesheetHref}">
</head>
<body>
<header>${icon('gate')}<span>Local tenant</span></header>
<main>
${sign}
<h1>${heading}</h1>
${body}
</main>
<footer>A local tenant, for development and tests</footer>
${end}
</body>
</html>
`;
  return {
    status,
    body: document.text,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy': contentSecurityPolicy(policy),
      // Not `no-referrer`: browsers would send the origin of our forms as `null`, and nobody could tell them from forged ones.
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(policy.framedBy === undefined && { 'x-frame-options': 'DENY' }),
    },
  };
}
