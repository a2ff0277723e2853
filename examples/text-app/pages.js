const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => entities[sign]);

const toPage = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · TextApp.io</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>TextApp.io</h1>
${body}
</main>
</body>
</html>
`;

export const welcomePage = () =>
  toPage(
    'Welcome',
    `<p>Writes to your contacts, if you allow it to read them.</p>
<p><a class="button" href="/sign-in">Sign in</a></p>`,
  );

export const messagePage = (text, next = 'Sign in') =>
  toPage(
    text,
    `<p role="status">${escape(text)}</p>
<p><a class="button" href="/sign-in">${escape(next)}</a> <a href="/">Home</a></p>`,
  );

const toContact = ({ name, phone }) =>
  `<li>${escape(name)}${phone ? ` <a href="sms:${escape(phone)}">Write to ${escape(phone)}</a>` : ''}</li>`;

/** What the API answered to one request of this application. */
const toRow = ([name, { status, content }]) =>
  `<tr><th scope="row">${escape(name)}</th><td>${
    status === 200 ? `yes: ${content.length} read` : `no: ${status} ${escape(content.code)}`
  }</td></tr>`;

export function contactsPage({ scope, contacts, ...others }) {
  const list = contacts.status === 200 ? contacts.content : [];
  return toPage(
    'Your contacts',
    `<h2>Your contacts</h2>
${list.length > 0 ? `<ul>${list.map(toContact).join('\n')}</ul>` : '<p>None.</p>'}

<h2>What this application may read</h2>
<p>You have allowed: <code>${escape(scope)}</code></p>
<table>
<thead><tr><th scope="col">Resource</th><th scope="col">May TextApp.io read it?</th></tr></thead>
<tbody>${Object.entries({ contacts, ...others })
      .map(toRow)
      .join('\n')}</tbody>
</table>

<form class="buttons" method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`,
  );
}
