import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificates } from '../../../packages/tenant/test/support/certificates.ts';

export interface StaticSite {
  readonly port: number;
  /** On `localhost`. */
  readonly origin: string;
  /** Files by path; tests can add more. */
  readonly files: Record<string, string>;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
};

/** Serves files on loopback, with TLS if there are certificates; files without an extension are HTML. */
export async function startStaticSite(certificates?: Certificates): Promise<StaticSite> {
  const files: Record<string, string> = {};
  const answer: RequestListener = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const text = files[path];
    const type = types[path.split('.').at(-1) ?? ''] ?? 'text/html';
    response
      .writeHead(text === undefined ? 404 : 200, { 'Content-Type': `${type}; charset=utf-8` })
      .end(text);
  };
  const server = certificates
    ? createHttpsServer({ key: certificates.keyPem, cert: certificates.certPem }, answer)
    : createHttpServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${certificates ? 'https' : 'http'}://localhost:${port}`,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
