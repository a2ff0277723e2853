import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeEngine {
  readonly url: string;
  /** `GET /api?q=Oslo`, and the body where there is one. */
  readonly calls: { readonly target: URL; readonly body: unknown; readonly userAgent: string | undefined }[];
  /** The next response: a status and JSON, or none. */
  answer: { readonly status: number; readonly json: unknown } | 'silence';
  close(): Promise<void>;
}

/** A server that responds like a geocoding or routing server, with responses of the test. */
export async function startFakeEngine(): Promise<FakeEngine> {
  const calls: FakeEngine['calls'] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const target = new URL(request.url ?? '/', 'http://engine');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    calls.push({ target, body, userAgent: request.headers['user-agent'] });
    if (engine.answer === 'silence') return;
    response.writeHead(engine.answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(engine.answer.json));
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const engine: FakeEngine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: 'silence',
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return engine;
}
