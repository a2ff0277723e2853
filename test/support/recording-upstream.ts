import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that an upstream received. */
export interface SeenRequest {
  readonly method: string;
  /** The raw request target. */
  readonly url: string;
  /** By lower-case name; repeated headers are joined like in Node. */
  readonly headers: IncomingMessage['headers'];
  /** The raw headers, as a flat list. */
  readonly rawHeaders: readonly string[];
  /** The part of the body received so far. */
  body: Buffer;
  /** Whether the caller disconnected before the response was complete. */
  isAborted: boolean;
}

/** An HTTP service behind the gateway that records every request. */
export interface RecordingUpstream {
  readonly url: string;
  readonly server: Server;
  readonly seen: SeenRequest[];
  /** The latest request. @throws Error if there was none */
  last(): SeenRequest;
  /** Replaces the response `{"ok":true}`; it must read the request body itself. */
  answer: RequestListener | undefined;
  close(): Promise<void>;
}

export async function startRecordingUpstream(port = 0): Promise<RecordingUpstream> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    const entry: SeenRequest = { method, url, headers, rawHeaders, body: Buffer.alloc(0), isAborted: false };
    seen.push(entry);
    response.on('close', () => {
      entry.isAborted = !response.writableFinished;
    });
    if (upstream.answer) {
      upstream.answer(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      entry.body = Buffer.concat(chunks);
    });
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const upstream: RecordingUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    seen,
    answer: undefined,
    last() {
      const last = seen.at(-1);
      if (!last) throw new Error('the upstream was not asked');
      return last;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}
