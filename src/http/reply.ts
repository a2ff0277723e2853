import type { ServerResponse } from 'node:http';
import type { Exchange, OnAnswered } from './exchange.ts';
import { apiPolicy } from './security-headers.ts';

const ONE_WRITE_BYTES = 16 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

export interface Writer {
  /** Writes an answer whole, in one piece, and tells `onAnswered`. Nobody else writes local answers. */
  write(response: ServerResponse, exchange: Exchange, answer: Answer): void;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
  readonly contentType?: string | undefined;
  /** Flat: name, value, …. */
  readonly headers?: readonly string[] | undefined;
  /** Ends the connection after this answer. */
  readonly close?: boolean;
}

export interface WriterOptions {
  /** Flat; on every answer. */
  readonly securityHeaders: readonly string[];
  readonly onAnswered: OnAnswered;
  readonly isDraining: () => boolean;
}

export function createWriter({ securityHeaders, onAnswered, isDraining }: WriterOptions): Writer {
  return {
    write(response, exchange, { status, body, contentType, headers, close }) {
      const { req } = response;
      const isBodyless = status === 204 || status === 304;
      const out = ['X-Request-Id', exchange.id, ...securityHeaders];
      if (!isBodyless) {
        out.push('Content-Type', contentType ?? JSON_TYPE);
        out.push('Content-Length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length));
      }
      if (!contentType?.startsWith('text/html')) out.push(...apiPolicy);
      if (exchange.cors) out.push(...exchange.cors);
      if (headers) out.push(...headers);
      if (close || isDraining()) {
        response.shouldKeepAlive = false;
        out.push('Connection', 'close');
      }
      if (!response.headersSent) {
        response.writeHead(status, out);
        // Node leaves the body of an answer to HEAD out by itself.
        if (isBodyless) response.end();
        else if (typeof body === 'string') response.end(body);
        // As text, byte for byte, Node sends a body in one write with its head; as a buffer in two.
        else if (body.length <= ONE_WRITE_BYTES) response.end(body.toString('latin1'), 'latin1');
        else response.end(body);
      }
      onAnswered(exchange, req.method ?? '', status, performance.now() - exchange.startedAtMs);
    },
  };
}

/** A header object as the flat list that `writeHead` takes fastest. */
export function toFlatHeaders(headers: Readonly<Record<string, string>> | undefined): string[] {
  const flat: string[] = [];
  if (headers) for (const [name, value] of Object.entries(headers)) flat.push(name, value);
  return flat;
}
