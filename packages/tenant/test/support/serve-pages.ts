import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faviconEndpoint, stylesheetEndpoint } from '../../src/pages/static-files.ts';
import { toParameters } from '../../src/wire/parameters.ts';
import type { TenantReply } from '../../src/wire/row.ts';
import { writeReply } from '../../src/wire/write-reply.ts';

export interface PageServer {
  readonly origin: string;
  /** By path; tests can add replies. */
  readonly pages: Record<string, TenantReply>;
  /** The posted forms, oldest first: path, Origin and form. */
  readonly posts: { readonly path: string; readonly origin: string | undefined; readonly form: string }[];
  close(): Promise<void>;
}

/** Serves replies by path, and the stylesheet; records a POST and responds with `answer`. */
export async function servePages(
  from: Readonly<Record<string, TenantReply>>,
  answer: (path: string) => TenantReply = () => ({ body: 'posted' }),
): Promise<PageServer> {
  const pages: PageServer['pages'] = { ...from };
  const posts: PageServer['posts'] = [];
  async function reply(request: IncomingMessage): Promise<TenantReply> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { headers, method } = request;
    if (method === 'POST') {
      const form = Buffer.concat(await request.toArray()).toString();
      posts.push({ path: url.pathname, origin: headers.origin, form });
      return answer(url.pathname);
    }
    const file = [stylesheetEndpoint, faviconEndpoint].find(({ path }) => path === url.pathname);
    if (file === undefined) return pages[url.pathname.slice(1)] ?? { status: 404, body: 'nothing' };
    return file.handle({
      headers,
      body: toParameters(),
      query: url.searchParams,
      params: {},
      ip: '',
      scheme: 'http',
    });
  }
  const server = createServer((request, response) => {
    void reply(request).then((made) => writeReply(response, made));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server listens on TCP, which the type does not express.
  const { port } = server.address() as AddressInfo;
  return {
    pages,
    origin: `http://localhost:${port}`,
    posts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
