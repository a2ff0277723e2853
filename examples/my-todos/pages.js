const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => entities[sign]);

const toPage = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · MyTodos.io</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>MyTodos.io</h1>
${body}
</main>
</body>
</html>
`;

export const welcomePage = () =>
  toPage(
    'Welcome',
    `<p>Shows your tasks and adds to them, if you allow it to.</p>
<p><a class="button" href="/sign-in">Sign in</a></p>`,
  );

export const messagePage = (text, next = 'Sign in') =>
  toPage(
    text,
    `<p role="status">${escape(text)}</p>
<p><a class="button" href="/sign-in">${escape(next)}</a> <a href="/">Home</a></p>`,
  );

const toTask = ({ id, title, done }) =>
  `<li><form method="post" action="/tasks/${encodeURIComponent(id)}/done"><span>${done ? '☑' : '☐'} ${escape(title)}</span>
<button class="quiet" aria-label="${done ? 'Not done' : 'Done'}: ${escape(title)}">${done ? 'Not done' : 'Done'}</button></form></li>`;

/** What the API answered to one request of this application. */
const toRow = ([name, { status, content }]) =>
  `<tr><th scope="row">${escape(name)}</th><td>${
    status === 200 ? `yes: ${content.length} read` : `no: ${status} ${escape(content.code)}`
  }</td></tr>`;

export function todosPage({ scope, tasks, ...others }) {
  const list = tasks.status === 200 ? tasks.content : [];
  return toPage(
    'Your tasks',
    `<h2>Your tasks</h2>
${list.length > 0 ? `<ul>${list.map(toTask).join('\n')}</ul>` : '<p>None.</p>'}
<form class="add" method="post" action="/tasks">
<label for="title">New task</label>
<input id="title" name="title" maxlength="200" required>
<button>Add</button>
</form>

<h2>What this application may read</h2>
<p>You have allowed: <code>${escape(scope)}</code></p>
<table>
<thead><tr><th scope="col">Resource</th><th scope="col">May MyTodos.io read it?</th></tr></thead>
<tbody>${Object.entries({ tasks, ...others })
      .map(toRow)
      .join('\n')}</tbody>
</table>

<form class="buttons" method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`,
  );
}
