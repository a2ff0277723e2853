import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { bornWithExpress } from './born-with-express.ts';
import { toProblem } from './problem.ts';
import { endWhereBytesAreLost, isWebSocketHandshake, offersUpgrade } from './upgrades.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_INTERVAL_MS = 1_000;
const KEEP_ALIVE_MS = 65_000;

/** Our codes by the code of Node's parser; all others are `invalid_request`. */
const PARSER_CODES: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  // The preface of HTTP/2 (RFC 9113 §3.4).
  HPE_PAUSED_H2_UPGRADE: 'http_version_not_supported',
};

/** An error of Node's parser or of the connection under it. */
type ClientError = Error & { readonly code?: string; readonly reason?: string };

function toParserCode({ code = '', reason }: ClientError): ErrorCode {
  // The parser uses one code for an unknown version and for a malformed one.
  if (code === 'HPE_INVALID_VERSION' && reason === 'Invalid HTTP version')
    return 'http_version_not_supported';
  return PARSER_CODES[code] ?? 'invalid_request';
}

export interface ServerOptions {
  readonly toPublicUrl: () => string;
  readonly toRequestId: (received: string | undefined) => string;
  /** Called for each request that could not be parsed. */
  readonly onMalformed: (code: ErrorCode, requestId: string, ip: string) => void;
}

type HttpSocket = Duplex & { readonly _httpMessage?: ServerResponse | null };

/**
 * Writes a problem directly to a socket whose bytes could not be parsed, after the answers to earlier requests on it, and
 * closes it.
 */
function refuseSocket(socket: HttpSocket, code: ErrorCode, options: ServerOptions): void {
  const pending = socket._httpMessage;
  if (pending?.req.complete && !pending.destroyed) {
    pending.once('close', () => refuseSocket(socket, code, options));
    return;
  }
  // Do not write into a response that has already started.
  if (!socket.writable || pending?.headersSent) {
    socket.destroy();
    return;
  }
  const { toPublicUrl, toRequestId, onMalformed } = options;
  const error = new GatewayError(code);
  const id = toRequestId(undefined);
  onMalformed(code, id, (socket as Socket).remoteAddress ?? '');
  const body = JSON.stringify(
    toProblem(error, { publicUrl: toPublicUrl(), requestId: id, isForOperator: false }),
  );
  socket.end(
    `HTTP/1.1 ${error.status} ${code}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${id}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** Lets the app answer a request whose connection the parser has detached. */
function answerUpgrade(app: Express, request: IncomingMessage, response: ServerResponse, head: Buffer): void {
  const { socket } = request;
  socket.on('error', () => socket.destroy());
  if (head.length > 0) socket.unshift(head);
  response.assignSocket(socket);
  response.shouldKeepAlive = false;
  response.once('finish', () => socket.destroySoon());
  app(request as Parameters<Express>[0], response as Parameters<Express>[1]);
}

/** The HTTP server of an app, with its limits: 16 kB of headers within 10 s, keep-alive of 65 s. */
export function createHttpServer(app: Express, options: ServerOptions): Server {
  const born = bornWithExpress(app);
  const server = createServer({
    ...born,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Would abort steady uploads; body readers have their own time limit.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The edge checks the Host header, so that its absence is answered with a problem.
    requireHostHeader: false,
    noDelay: true,
    // Other upgrades are ignored.
    shouldUpgradeCallback: isWebSocketHandshake,
  });
  // Header bytes are limited already; a limit of their number would hide later headers from our checks.
  server.maxHeadersCount = 0;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (offersUpgrade(request)) endWhereBytesAreLost(request, response);
    app(request as Parameters<Express>[0], response as Parameters<Express>[1]);
  };
  server.on('request', serve);
  // The body reader sends `100 Continue` after the guard.
  server.on('checkContinue', serve);
  server.on('upgrade', (request, _socket, head) =>
    answerUpgrade(app, request, new born.ServerResponse(request), head),
  );
  // The edge refuses unknown expectations.
  server.on('checkExpectation', serve);
  const refused = new WeakSet<Duplex>();
  const refuse = (socket: Duplex, code: ErrorCode): void => {
    // Each further byte on a refused socket emits another error.
    if (refused.has(socket)) return;
    refused.add(socket);
    refuseSocket(socket, code, options);
  };
  server.on('connect', (_request, socket) => refuse(socket, 'invalid_request'));
  server.on('clientError', (error: ClientError, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else refuse(socket, toParserCode(error));
  });
  return server;
}
