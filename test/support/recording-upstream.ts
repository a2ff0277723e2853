import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as an upstream saw it. */
export interface SeenRequest {
  readonly method: string;
  /** The target, as it came. */
  readonly url: string;
  /** By lower-case name; the values of one that came twice are joined as Node joins them. */
  readonly headers: IncomingMessage['headers'];
  /** Flat, as they came. */
  readonly rawHeaders: readonly string[];
  /** What has come of it so far. */
  body: Buffer;
  /** Whether the caller went before its answer was whole. */
  isAborted: boolean;
}

/** A service behind the gateway that keeps everything it is sent, over real HTTP. */
export interface RecordingUpstream {
  readonly url: string;
  readonly server: Server;
  readonly seen: SeenRequest[];
  /** The latest request. @throws Error where there was none */
  last(): SeenRequest;
  /** Answers instead of `{"ok":true}` where set; the body is then its own to read. */
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
