import { randomUUID } from 'node:crypto';
import express from 'express';
import { createApi } from './api.js';
import { messagePage, todosPage, welcomePage } from './pages.js';
import { createSignIn } from './sign-in.js';

const {
  PORT = '4502',
  ORIGIN = `http://localhost:${PORT}`,
  ISSUER = 'https://localhost:4400/',
  CLIENT_ID = 'tpc_my-todos',
  CLIENT_SECRET,
  API_URL = 'http://localhost:3000',
} = process.env;

const signIn = createSignIn({
  issuer: new URL(ISSUER),
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  redirectUri: `${ORIGIN}/callback`,
  audience: 'urn:organizer',
  scope: 'tasks offline_access',
});
const api = createApi({ url: API_URL, signIn });

// By the id in the cookie. In memory: a real application has a store, and an end of each session.
const sessions = new Map();
const COOKIE = 'my-todos';

function sessionOf(request) {
  const [, id] = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(request.get('cookie') ?? '') ?? [];
  return sessions.get(id);
}

function requireSession(request) {
  const session = sessionOf(request);
  if (session?.tokens) return session;
  throw Object.assign(new Error('signed out'), { error: 'invalid_grant' });
}

/** A session under a new id, in place of the old one: nobody can prepare one for another person's browser. */
function begin(request, response, content) {
  sessions.delete(sessionOf(request)?.id);
  const id = randomUUID();
  sessions.set(id, { id, ...content });
  response.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax', secure: ORIGIN.startsWith('https:') });
}

function end(request, response) {
  sessions.delete(sessionOf(request)?.id);
  response.clearCookie(COOKIE);
}

const app = express();
app.disable('x-powered-by');
app.use(express.static(new URL('public', import.meta.url).pathname), (request, response, next) => {
  response.set({
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'Cache-Control': 'no-store',
  });
  // Other applications on localhost are the same site for a cookie.
  if (request.method === 'POST' && request.get('sec-fetch-site') !== 'same-origin') response.sendStatus(403);
  else next();
});
app.use(express.urlencoded({ extended: false, limit: '10kb' }));

app.get('/', async (request, response) => {
  const session = sessionOf(request);
  if (!session?.tokens) {
    response.send(welcomePage());
    return;
  }
  // Appointments and contacts were not asked for: the API says no.
  const [tasks, appointments, contacts] = await Promise.all(
    ['tasks', 'appointments', 'contacts'].map((name) => api.call(session, 'GET', name)),
  );
  response.send(todosPage({ scope: session.tokens.scope, tasks, appointments, contacts }));
});

app.post('/tasks', async (request, response) => {
  const session = requireSession(request);
  await api.call(session, 'POST', 'tasks', { title: request.body.title });
  response.redirect(303, '/');
});

app.post('/tasks/:id/done', async (request, response) => {
  const session = requireSession(request);
  const path = `tasks/${encodeURIComponent(request.params.id)}`;
  const { status, content } = await api.call(session, 'GET', path);
  if (status === 200)
    await api.call(session, 'PUT', path, { ...content, id: undefined, done: !content.done });
  response.redirect(303, '/');
});

app.get('/sign-in', async (request, response) => {
  const { url, pending } = await signIn.begin();
  begin(request, response, { pending });
  response.redirect(303, url);
});

app.get('/callback', async (request, response) => {
  const session = sessionOf(request);
  const { pending } = session ?? {};
  // Once: a second request with the same answer finds nothing.
  if (session) delete session.pending;
  if (!pending) {
    response.status(400).send(messagePage('This sign-in was not begun here.'));
    return;
  }
  const tokens = await signIn.finish(new URL(request.originalUrl, ORIGIN), pending);
  begin(request, response, { tokens });
  response.redirect(303, '/');
});

app.post('/sign-out', async (request, response) => {
  const { tokens } = sessionOf(request) ?? {};
  end(request, response);
  if (tokens) await signIn.revoke(tokens);
  response.redirect(303, '/');
});

// Express recognizes an error handler by its four parameters.
app.use((error, request, response, _next) => {
  if (error.error === 'access_denied') {
    response.status(403).send(messagePage('You declined. MyTodos.io has read nothing.', 'Ask me again'));
  } else if (error.error === 'invalid_grant') {
    end(request, response);
    response.status(403).send(messagePage('MyTodos.io has no access any more.', 'Sign in again'));
  } else {
    process.stderr.write(`${error.stack}\n`);
    response.status(502).send(messagePage(`This did not work: ${error.error ?? error.message}`));
  }
});

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error;
  process.stdout.write(`MyTodos.io listens on http://localhost:${server.address().port}\n`);
});
