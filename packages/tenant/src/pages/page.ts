import type { TenantReply } from '../wire/row.ts';
import { contentSecurityPolicy, type PolicyParts } from './content-security-policy.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { STYLESHEET_HREF } from './static-files.ts';

/** Options of every page. */
export interface PageOptions {
  /** HTTP status. Default: 200. */
  readonly status?: number | undefined;
  /**
   * URLs outside of the tenant that the forms' responses may redirect to, because browsers apply `form-action` to every
   * redirect after a POST.
   */
  readonly redirectsTo?: readonly string[] | undefined;
}

/** The values of every sign-in page. */
export interface StepModel extends PageOptions {
  /** Id of the login transaction, sent as the hidden field `state`. */
  readonly state: string;
  /** Name of the application. */
  readonly application: string;
  /** The error of the previous step. */
  readonly error?: string | undefined;
}

export interface Page extends PageOptions, Omit<PolicyParts, 'redirectsTo'> {
  /** The heading; together with the application's name, the window title. */
  readonly heading: string;
  readonly application?: string | undefined;
  /** Above the heading. */
  readonly sign?: Html | undefined;
  /** Below the heading. */
  readonly body: Html;
  /** At the end of the page. */
  readonly end?: Html | undefined;
}

/** Renders an HTML page with its security headers. */
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
<link rel="icon" type="image/svg+xml" href="/favicon.ico">
<link rel="stylesheet" href="${STYLESHEET_HREF}">
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
      // `no-referrer` would make browsers send `Origin: null` with the tenant's own forms, which could then not be
      // distinguished from cross-site ones.
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...(policy.framedBy === undefined && { 'x-frame-options': 'DENY' }),
    },
  };
}
