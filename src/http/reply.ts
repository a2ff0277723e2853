import type { IncomingMessage, ServerResponse } from 'node:http';
import { API_POLICY_HEADER } from '../browser/security-headers.ts';
import type { EventStreams, StreamEvents } from './event-stream.ts';
import type { Exchange, OnAnswered } from './exchange.ts';

const ONE_WRITE_BYTES = 16 * 1024;
const LINGER_MS = 2_000;
const EVENT_STREAM_TYPE = 'text/event-stream';
const JSON_TYPE = 'application/json; charset=utf-8';

export interface Writer {
  /** Writes a complete answer and calls `onAnswered`: the only place that writes local answers. */
  write(response: ServerResponse, exchange: Exchange, answer: ResponseParts): void;
}

export interface ResponseParts {
  readonly status: number;
  readonly body: Buffer | string;
  readonly contentType?: string | undefined;
  /** Flat: name, value, …. */
  readonly headers?: readonly string[] | undefined;
  /** Closes the connection after this answer. */
  readonly close?: boolean;
  /** In place of the body: events, for as long as it takes. */
  readonly events?: StreamEvents | undefined;
}

export interface WriterOptions {
  /** Flat; on every answer. */
  readonly securityHeaders: readonly string[];
  readonly onAnswered: OnAnswered;
  readonly isDraining: () => boolean;
  readonly eventStreams: EventStreams;
}

/** Whether part of the body is still unread and precedes the next request. */
export const isUnread = ({ headers, complete, destroyed }: IncomingMessage): boolean =>
  !complete &&
  !destroyed &&
  (headers['transfer-encoding'] !== undefined ||
    (headers['content-length'] !== undefined && Number(headers['content-length']) !== 0));

function endNow(response: ServerResponse, body: Buffer | string): void {
  if (typeof body === 'string') response.end(body);
  // As a latin1 string Node sends the body in one write with the head; as a buffer in two.
  else if (body.length <= ONE_WRITE_BYTES) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

/**
 * Sends an answer at once, and closes the connection after the rest of the request's body or a short time. An immediate
 * close could discard the answer at a client that is still sending.
 */
export function endAfterBody(response: ServerResponse, body: Buffer | string = ''): void {
  const { req } = response;
  response.flushHeaders();
  if (body.length > 0) response.write(body);
  const timer = setTimeout(() => response.end(), LINGER_MS).unref();
  req.once('close', () => {
    clearTimeout(timer);
    response.end();
  });
  req.resume();
}

export function createWriter({
  securityHeaders,
  onAnswered,
  isDraining,
  eventStreams,
}: WriterOptions): Writer {
  return {
    write(response, exchange, { status, body, contentType, headers, close, events }) {
      const { req } = response;
      const isBodyless = status === 204 || status === 304;
      const out = ['X-Request-Id', exchange.id, ...securityHeaders];
      if (events) out.push('Content-Type', EVENT_STREAM_TYPE, 'X-Accel-Buffering', 'no');
      else if (!isBodyless) {
        if (body.length > 0) out.push('Content-Type', contentType ?? JSON_TYPE);
        out.push('Content-Length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length));
      }
      if (!contentType?.startsWith('text/html')) out.push(...API_POLICY_HEADER);
      if (exchange.cors) out.push(...exchange.cors);
      if (headers) out.push(...headers);
      const isLingering = isUnread(req);
      if (close || isLingering || isDraining()) {
        response.shouldKeepAlive = false;
        out.push('Connection', 'close');
      }
      if (!response.headersSent) {
        response.writeHead(status, out);
        // Node omits the body itself for HEAD, 204 and 304.
        if (events && req.method !== 'HEAD') eventStreams.open(response, events);
        else if (isLingering) endAfterBody(response, body);
        else endNow(response, body);
      }
      onAnswered(exchange, req.method ?? '', status, performance.now() - exchange.startedAtMs);
    },
  };
}

/** Converts a header object to the flat list, the fastest form for `writeHead`. */
export function toFlatHeaders(headers: Readonly<Record<string, string>> | undefined): string[] {
  const flat: string[] = [];
  if (headers) for (const [name, value] of Object.entries(headers)) flat.push(name, value);
  return flat;
}
