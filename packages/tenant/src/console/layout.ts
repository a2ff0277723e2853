import { contentSecurityPolicy } from '../pages/content-security-policy.ts';
import { attributes, type Html, html } from '../pages/html.ts';
import { icon } from '../pages/icons.ts';
import type { TenantReply } from '../wire/row.ts';
import { script, stylesheet } from './assets.ts';
import type { ConsoleDeps, ConsoleView } from './console-page.ts';
import { SECTIONS, type Section } from './sections.ts';
import { formatDuration, formatUtc } from './times.ts';

export interface Frame {
  readonly section: Section;
  readonly status?: number;
  /** The success message. */
  readonly notice?: string | undefined;
  /** The error message. */
  readonly problem?: string | undefined;
}

/** The page for a resource that does not exist. */
export const MISSING_VIEW: ConsoleView = {
  title: 'Not found',
  lead: 'The page or its subject does not exist.',
  body: html`<p><a href="/">Back to the overview</a></p>`,
};

/** A view in the console's layout, with security headers. */
export function toConsoleReply(deps: ConsoleDeps, view: ConsoleView, frame: Frame): TenantReply {
  const { section, status = 200, notice, problem } = frame;
  const { domain } = deps.context;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${view.title} · ${domain}</title>
<link rel="icon" type="image/svg+xml" href="/favicon.ico">
<link rel="stylesheet" href="${stylesheet.href}">
<script src="${script.href}" defer></script>
</head>
<body${attributes({ 'data-refresh': view.refreshMs })}>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/">${icon('gate')}<span><strong>Local tenant</strong><small>${domain}</small></span></a>
<nav aria-label="Console">${menu(deps, section)}</nav>
${clock(deps)}
</header>
<main id="content" tabindex="-1">
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
${notice !== undefined && html`<p class="notice good" role="status">${notice}</p>`}
<div class="title"><h1>${view.title}</h1>${view.marks}</div>
${view.lead !== undefined && html`<p class="lead">${view.lead}</p>`}
${view.body}
${view.refreshMs !== undefined && html`<noscript><p class="hint"><a href="">Reload</a> to update this page.</p></noscript>`}
</main>
</body>
</html>
`;
  return {
    status,
    body: document.text,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy': contentSecurityPolicy({ script: "'self'", fetchesItself: true }),
      // `no-referrer` would make browsers send `Origin: null` with the console's own forms.
      'referrer-policy': 'strict-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  };
}

function menu({ control }: ConsoleDeps, current: Section): Html {
  const active = control.faults.list().length;
  const isSection = (name: string): name is Section => Object.hasOwn(SECTIONS, name);
  return html`<ul>${Object.keys(SECTIONS)
    .filter(isSection)
    .map((name) => {
      const { label, href } = SECTIONS[name];
      const badge =
        name === 'faults' &&
        active > 0 &&
        html` <span class="badge">${active}<span class="unseen"> active</span></span>`;
      return html`<li><a${attributes({ href, 'aria-current': name === current && 'page' })}>${label}${badge}</a></li>`;
    })}</ul>`;
}

const clock = ({ control }: ConsoleDeps): Html => {
  const { clock: time } = control;
  const [date, timeOfDay] = formatUtc(time.now()).split(' ');
  return html`<p class="clock" id="clock" data-live><span class="unseen">The tenant's time: </span><span class="date">${date} </span>${timeOfDay} UTC${
    time.offsetS > 0 &&
    html` <a class="mark warn" href="/#clock-card-title">+ ${formatDuration(time.offsetS)}</a>`
  }</p>`;
};
