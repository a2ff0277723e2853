import { contentSecurityPolicy } from '../pages/content-security-policy.ts';
import { attributes, type Html, html } from '../pages/html.ts';
import { icon } from '../pages/icons.ts';
import type { TenantReply } from '../wire/row.ts';
import { script, stylesheet } from './assets.ts';
import type { ConsoleDeps, ConsoleView } from './console-page.ts';
import { type Section, sections } from './sections.ts';
import { inWords, toUtc } from './times.ts';

export interface Frame {
  readonly section: Section;
  readonly status?: number;
  /** What has been done, in a sentence. */
  readonly note?: string | undefined;
  /** What has not been done, and why. */
  readonly problem?: string | undefined;
}

/** Where there is nothing to show. */
export const missingView: ConsoleView = {
  title: 'Nothing here',
  lead: 'What you look for does not exist, or not any more.',
  body: html`<p><a href="/">Back to the overview</a></p>`,
};

/** A view in the console's frame, with the headers that guard it. */
export function toConsoleReply(deps: ConsoleDeps, view: ConsoleView, frame: Frame): TenantReply {
  const { section, status = 200, note, problem } = frame;
  const { domain } = deps.context;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${view.title} · ${domain}</title>
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
${note !== undefined && html`<p class="notice good" role="status">${note}</p>`}
<div class="title"><h1>${view.title}</h1>${view.marks}</div>
${view.lead !== undefined && html`<p class="lead">${view.lead}</p>`}
${view.body}
${view.refreshMs !== undefined && html`<noscript><p class="hint"><a href="">Look again</a> for what is new.</p></noscript>`}
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
      // Not `no-referrer`: browsers would send the origin of our own forms as `null`.
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
  const armed = control.faults.list().length;
  const isSection = (name: string): name is Section => Object.hasOwn(sections, name);
  return html`<ul>${Object.keys(sections)
    .filter(isSection)
    .map((name) => {
      const { label, href } = sections[name];
      const badge =
        name === 'faults' &&
        armed > 0 &&
        html` <span class="badge">${armed}<span class="unseen"> armed</span></span>`;
      return html`<li><a${attributes({ href, 'aria-current': name === current && 'page' })}>${label}${badge}</a></li>`;
    })}</ul>`;
}

const clock = ({ control }: ConsoleDeps): Html => {
  const { clock: time } = control;
  const [date, timeOfDay] = toUtc(time.now()).split(' ');
  return html`<p class="clock" id="clock" data-live><span class="unseen">The tenant's time: </span><span class="date">${date} </span>${timeOfDay} UTC${
    time.offsetS > 0 && html` <a class="mark warn" href="/#clock-card-title">+ ${inWords(time.offsetS)}</a>`
  }</p>`;
};
