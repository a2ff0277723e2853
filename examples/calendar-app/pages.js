const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => entities[sign]);

const toPage = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · CalendarApp</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>CalendarApp</h1>
${body}
</main>
</body>
</html>
`;

export const welcomePage = () =>
  toPage(
    'Welcome',
    `<p>Shows your appointments, if you allow it to read your appointments and your contacts.</p>
<p><a class="button" href="/sign-in">Sign in</a></p>`,
  );

export const messagePage = (text, next = 'Sign in') =>
  toPage(
    text,
    `<p role="status">${escape(text)}</p>
<p><a class="button" href="/sign-in">${escape(next)}</a> <a href="/">Home</a></p>`,
  );

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });

const toAppointment = ({ subject, starts_at, location }) =>
  `<li><strong>${escape(subject)}</strong><br>${day.format(new Date(starts_at))} UTC${location ? `, ${escape(location)}` : ''}</li>`;

/** What the API answered to one request of this application. */
const toRow = ([name, { status, content }]) =>
  `<tr><th scope="row">${escape(name)}</th><td>${
    status === 200 ? `yes: ${content.length} read` : `no: ${status} ${escape(content.code)}`
  }</td></tr>`;

export function calendarPage({ scope, appointments, ...others }) {
  const list = appointments.status === 200 ? appointments.content : [];
  return toPage(
    'Your appointments',
    `<h2>Your appointments</h2>
${list.length > 0 ? `<ul>${list.map(toAppointment).join('\n')}</ul>` : '<p>None.</p>'}

<h2>What this application may read</h2>
<p>You have allowed: <code>${escape(scope)}</code></p>
<table>
<thead><tr><th scope="col">Resource</th><th scope="col">May CalendarApp read it?</th></tr></thead>
<tbody>${Object.entries({ appointments, ...others })
      .map(toRow)
      .join('\n')}</tbody>
</table>

<div class="buttons">
<form method="post" action="/renew"><button>Renew the access token</button></form>
<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
</div>`,
  );
}
