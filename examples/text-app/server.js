import { randomUUID } from 'node:crypto';
import express from 'express';
import { createApi } from './api.js';
import { contactsPage, messagePage, welcomePage } from './pages.js';
import { createSignIn } from './sign-in.js';

const {
  PORT = '4503',
  ORIGIN = `http://localhost:${PORT}`,
  ISSUER = 'https://localhost:4400/',
  CLIENT_ID = 'tpc_text-app',
  CLIENT_SECRET,
  API_URL = 'http://localhost:3000',
} = process.env;

const signIn = createSignIn({
  issuer: new URL(ISSUER),
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  redirectUri: `${ORIGIN}/callback`,
  audience: 'urn:organizer',
  scope: 'contacts offline_access',
});
const api = createApi({ url: API_URL, signIn });

// By the id in the cookie. In memory: a real application has a store, and an end of each session.
const sessions = new Map();
const COOKIE = 'text-app';

function sessionOf(request) {
  const [, id] = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(request.get('cookie') ?? '') ?? [];
  return sessions.get(id);
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

app.get('/', async (request, response) => {
  const session = sessionOf(request);
  if (!session?.tokens) {
    response.send(welcomePage());
    return;
  }
  // Appointments and tasks were not asked for: the API says no.
  const [contacts, appointments, tasks] = await Promise.all(
    ['contacts', 'appointments', 'tasks'].map((name) => api.read(session, name)),
  );
  response.send(contactsPage({ scope: session.tokens.scope, contacts, appointments, tasks }));
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
    response.status(403).send(messagePage('You declined. TextApp.io has read nothing.', 'Ask me again'));
  } else if (error.error === 'invalid_grant') {
    end(request, response);
    response.status(403).send(messagePage('TextApp.io has no access any more.', 'Sign in again'));
  } else {
    process.stderr.write(`${error.stack}\n`);
    response.status(502).send(messagePage(`This did not work: ${error.error ?? error.message}`));
  }
});

const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error;
  process.stdout.write(`TextApp.io listens on http://localhost:${server.address().port}\n`);
});
