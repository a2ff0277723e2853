import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeFolder } from '../../support/folder.ts';

/** A registry of packages that npm can publish to. */
export interface NpmRegistry {
  /** A home folder whose settings name it. */
  readonly home: string;
  /** What was published: `name@version`. */
  readonly published: readonly string[];
}

interface PackageDocument {
  readonly name: string;
  readonly versions: Readonly<Record<string, object>>;
}

const running = new Set<Server>();

/** Starts a registry, without packages; `closeRegistries` closes it. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const documents = new Map<string, PackageDocument>();
  const published: string[] = [];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = decodeURIComponent((request.url ?? '').slice(1).split('?')[0] ?? '');
    const known = documents.get(name);
    const answer = (status: number, body: object) =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (request.method !== 'PUT') {
      answer(known ? 200 : 404, known ?? { error: 'not_found' });
      return;
    }
    const document = JSON.parse(Buffer.concat(await request.toArray()).toString()) as PackageDocument;
    const [version = ''] = Object.keys(document.versions);
    if (known?.versions[version]) {
      answer(403, { error: 'it cannot be published over' });
      return;
    }
    documents.set(name, document);
    published.push(`${name}@${version}`);
    answer(201, { ok: true });
  }

  const server = createServer((request, response) => void serve(request, response));
  running.add(server);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = `registry=http://${host}/\n//${host}/:_authToken=a-token-of-the-tests\n`;
  return { home: makeFolder({ '.npmrc': settings }), published };
}

/** Closes all of them. */
export function closeRegistries(): void {
  for (const server of running) {
    server.close();
    server.closeAllConnections();
  }
  running.clear();
}
