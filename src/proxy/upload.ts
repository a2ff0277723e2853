import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { type BodyPace, createBodyPace, PACE_CHECK_MS, type PaceTimes } from '../http/body-pace.ts';

const UPSTREAM_IDLE_MS = 30_000;

export interface UploadOptions {
  /** Infinity: unlimited. */
  readonly maxBytes: number;
  /** Maximum time without progress by the upstream. */
  readonly upstreamIdleMs?: number;
  readonly pace?: PaceTimes;
  readonly checkMs?: number;
}

/** Whether a request has a body, by its framing. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** @throws GatewayError `payload_too_large` by Content-Length */
export function requireFittingLength({ headers }: IncomingMessage, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new GatewayError('payload_too_large');
}

/**
 * Streams the body of a request with backpressure, a size limit and timeouts. Destroying it leaves the request and its
 * connection intact, so that an answer can still be sent. Fails with GatewayError `payload_too_large`, `request_timeout` if
 * the caller sends too slowly, `invalid_request` if the caller disconnects, `upstream_timeout` if the upstream reads
 * nothing.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maxBytes: number;
  readonly #upstreamIdleMs: number;
  readonly #pace: BodyPace;
  readonly #timer: NodeJS.Timeout;
  #onFirst: (() => void) | undefined;
  #size = 0;
  /** When the upstream last read data; undefined while waiting for the caller. */
  #takenAtMs: number | undefined;

  /** Calls `onFirst` once, with the first bytes or the end of an empty body. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    onFirst: () => void,
    { maxBytes, upstreamIdleMs = UPSTREAM_IDLE_MS, pace, checkMs = PACE_CHECK_MS }: UploadOptions,
  ) {
    super();
    this.#request = request;
    this.#response = response;
    this.#onFirst = onFirst;
    this.#maxBytes = maxBytes;
    this.#upstreamIdleMs = upstreamIdleMs;
    this.#pace = createBodyPace(() => performance.now(), pace);
    this.#timer = setInterval(() => this.#check(), checkMs);
    // Without this listener an error before the first read would end the process.
    this.on('error', () => {});
  }

  /** Starts the upload. `100 Continue` is sent only now (RFC 9110 §10.1.1), after the guard. */
  receive(): void {
    const request = this.#request;
    if (request.headers.expect !== undefined) this.#response.writeContinue();
    request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose).resume();
  }

  override _read(): void {
    if (this.#takenAtMs === undefined) return;
    this.#takenAtMs = undefined;
    this.#pace.resume();
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#timer);
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose).pause();
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#pace.received(chunk.length);
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) {
      this.destroy(new GatewayError('payload_too_large'));
      return;
    }
    if (!this.push(chunk)) {
      this.#awaitUpstream();
      this.#request.pause();
    }
    this.#notifyFirst();
  };

  readonly #onEnd = (): void => {
    this.push(null);
    this.#awaitUpstream();
    this.#notifyFirst();
  };

  readonly #onClose = (): void => {
    if (!this.#request.complete) this.destroy(new GatewayError('invalid_request', { reason: 'aborted' }));
  };

  #awaitUpstream(): void {
    this.#takenAtMs = performance.now();
    this.#pace.pause();
  }

  #notifyFirst(): void {
    const tell = this.#onFirst;
    this.#onFirst = undefined;
    tell?.();
  }

  #check(): void {
    if (this.#takenAtMs !== undefined) {
      if (performance.now() - this.#takenAtMs > this.#upstreamIdleMs)
        this.destroy(new GatewayError('upstream_timeout', { reason: 'body' }));
    } else if (this.#pace.isTooSlow) this.destroy(new GatewayError('request_timeout', { reason: 'body' }));
  }
}
