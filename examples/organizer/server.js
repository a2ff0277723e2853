import express from 'express';
import { authenticate, requireScope } from './authenticate.js';
import { resources } from './resources.js';
import { openStore } from './store.js';

const { HOST = '127.0.0.1', PORT = '4500', DATABASE = 'organizer.db' } = process.env;

const store = openStore(DATABASE);
const app = express();
app.disable('x-powered-by');
app.use(authenticate, express.json({ limit: '100kb' }));

for (const [kind, schema] of Object.entries(resources)) {
  const router = express.Router();
  router.use(requireScope(kind));

  router.get('/', ({ user }, response) => response.json(store.list(user, kind)));

  router.post('/', ({ user, body }, response) => {
    const item = store.add(user, kind, schema.parse(body));
    response.status(201).location(`/${kind}/${item.id}`).json(item);
  });

  router.get('/:id', ({ user, params }, response) => send(response, store.find(user, kind, params.id)));

  router.put('/:id', ({ user, params, body }, response) =>
    send(response, store.replace(user, kind, params.id, schema.parse(body))),
  );

  router.delete('/:id', ({ user, params }, response) =>
    store.remove(user, kind, params.id) ? response.status(204).end() : send(response, undefined),
  );

  app.use(`/${kind}`, router);
}

/** What is not there and what belongs to another user get the same answer. */
function send(response, item) {
  if (item) response.json(item);
  else response.status(404).json({ error: 'not_found' });
}

app.use((_request, response) => send(response, undefined));

// Express recognizes an error handler by its four parameters.
app.use((error, _request, response, _next) => {
  if (error.name === 'ZodError') {
    const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
    response.status(422).json({ error: 'validation_failed', faults });
    return;
  }
  const { status = 500, headers } = error;
  if (status >= 500) process.stderr.write(`${error.stack}\n`);
  const code = status === 500 ? 'internal' : (error.code ?? 'invalid_request');
  response.status(status).set(headers).json({ error: code });
});

const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  process.stdout.write(`Organizer listens on http://${HOST}:${server.address().port}\n`);
});
