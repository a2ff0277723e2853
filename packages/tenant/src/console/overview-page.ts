import { toCredentials } from '../clients/credentials.ts';
import { html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import { clockCard, forward } from './clock-card.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card, code, facts } from './elements.ts';
import { logList } from './log-list.ts';
import { mailList } from './mail-list.ts';
import { SECTIONS } from './sections.ts';

const NEWEST = 6;

/** GET / */
export function overviewPage(deps: ConsoleDeps): ConsolePage {
  const { context, control } = deps;
  const { state, clock } = context;
  return {
    path: '/',
    section: 'overview',
    show: (visit) => ({
      title: 'Overview',
      refreshMs: 3000,
      body: html`${counts(deps)}
<div class="cards">
${card({
  id: 'latest-log',
  title: 'Log',
  aside: html`<a href="/console/log">All events</a>`,
  live: true,
  look: 'wide',
  body: logList(state, context.log.list().slice(-NEWEST).toReversed(), clock.now(), 'No events yet.'),
})}
${card({
  id: 'latest-mail',
  title: 'Inbox',
  aside: html`<a href="/console/inbox">All mail</a>`,
  live: true,
  body: mailList(control.inbox.list({}).slice(-3).toReversed(), clock.now(), 'No mail yet.'),
})}
${clockCard(deps, visit)}
${connectCard(deps)}
</div>`,
    }),
    actions: { forward: (visit) => forward(deps, visit) },
  };
}

/** The number of users, applications and so on, each linked to its page. */
function counts({ context: { state }, control }: ConsoleDeps) {
  const active = control.faults.list().length;
  const numbers = [
    ['users', state.users.list().length],
    ['applications', state.clients.list().length],
    ['apis', state.resourceServers.list().length],
    ['consents', state.consents.list().length],
    ['inbox', control.inbox.list({}).length],
    ['faults', active],
  ] as const;
  return html`<ul class="counts" id="counts" data-live>${numbers.map(
    ([section, count]) =>
      html`<li${section === 'faults' && active > 0 && html` class="warn"`}><a href="${SECTIONS[section].href}"><strong>${count}</strong> ${SECTIONS[section].label}</a></li>`,
  )}</ul>`;
}

const hasSecret = (client: Client): boolean => toCredentials(client).client_secret !== undefined;

/** How to configure an SDK for the tenant. */
function connectCard({ context: { state, domain, issuer, origin }, caFile, command }: ConsoleDeps) {
  const ca = caFile ?? './tenant-ca.pem';
  const id = state.clients.list().find(hasSecret)?.client_id ?? '…';
  const secretFrom = command === undefined ? "on the application's page" : `${command} credentials ${id}`;
  return card({
    id: 'connect',
    title: 'Configure an SDK',
    look: 'wide',
    body: html`${facts([
      ['Issuer', code(issuer)],
      ['Domain', code(domain)],
      ['Management API', code(`${issuer}api/v2/`)],
      [
        'CA file',
        html`${caFile !== undefined && html`${code(caFile)} · `}<a href="/console/tenant-ca.pem" download>download</a>`,
      ],
    ])}
<p>Auth0’s SDKs always call <code>https://</code> and the domain, so the program must trust the tenant’s certificate:</p>
<pre tabindex="0">${`AUTH0_DOMAIN=${domain}
AUTH0_CLIENT_ID=${id}
AUTH0_CLIENT_SECRET=…   # ${secretFrom}
NODE_EXTRA_CA_CERTS=${ca}`}</pre>
<p class="hint">The page of each <a href="/console/applications">application</a> shows what to paste for its framework${
      command !== undefined && html`, and so does ${code(`${command} credentials ${id} --env next`)}`
    }. Discovery:
<a href="${`${origin}/.well-known/openid-configuration`}">openid-configuration</a>.</p>`,
  });
}
