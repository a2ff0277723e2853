import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TenantReply } from '../../../src/tenant/endpoints/endpoint.ts';
import { toParameters } from '../../../src/tenant/endpoints/parameters.ts';
import { stylesheetEndpoint } from '../../../src/tenant/pages/stylesheet.ts';
import { writeReply } from '../../../src/tenant/write-reply.ts';

export interface PageServer {
  readonly origin: string;
  /** What was posted, oldest first: path, Origin and form. */
  readonly posts: { readonly path: string; readonly origin: string | undefined; readonly form: string }[];
  close(): Promise<void>;
}

/** Serves replies by their path, and the stylesheet; a POST is noted and answered as `answer` says. */
export async function servePages(
  pages: Readonly<Record<string, TenantReply>>,
  answer: (path: string) => TenantReply = () => ({ body: 'posted' }),
): Promise<PageServer> {
  const posts: PageServer['posts'] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') {
      const form = Buffer.concat(await request.toArray()).toString();
      posts.push({ path: url.pathname, origin: request.headers.origin, form });
      writeReply(response, answer(url.pathname));
      return;
    }
    const { headers } = request;
    const style = { headers, body: toParameters(), query: url.searchParams, params: {}, ip: '' };
    const reply =
      url.pathname === stylesheetEndpoint.path ? await stylesheetEndpoint.handle(style) : undefined;
    writeReply(response, reply ?? pages[url.pathname.slice(1)] ?? { status: 404, body: 'nothing' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server listens on TCP, which the type cannot say.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    posts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
