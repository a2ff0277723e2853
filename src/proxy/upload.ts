import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { GatewayError } from '../errors.ts';

export interface UploadLimits {
  /** Infinity: unlimited. */
  readonly maxBytes: number;
  /** How long a body may stand still, whoever holds it up. */
  readonly idleMs: number;
}

/** Whether a request has a body, by its framing. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** @throws GatewayError `payload_too_large` for a body that says itself that it is */
export function requireFittingLength({ headers }: IncomingMessage, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new GatewayError('payload_too_large');
}

/**
 * A request's body on its way: its bytes as they are, no faster than they are taken, counted and watched. Whoever gives
 * it up leaves the request and its connection alone, so that an answer can still be sent there.
 * Fails with GatewayError `payload_too_large`, with `request_timeout` where the caller sends nothing, and with
 * `upstream_timeout` where the upstream takes nothing.
 */
export class Upload extends Readable {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  #size = 0;
  #isStarted = false;
  #isAwaited = false;

  constructor(request: IncomingMessage, response: ServerResponse, { maxBytes, idleMs }: UploadLimits) {
    super();
    this.#request = request;
    this.#response = response;
    this.#maxBytes = maxBytes;
    this.#timer = setTimeout(() => this.#giveUp(), idleMs);
    // Whoever reads it gets its errors; given up before it is read, they concern nobody.
    this.on('error', () => {});
  }

  override _read(): void {
    this.#isAwaited = true;
    this.#timer.refresh();
    if (!this.#isStarted) this.#start();
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose).pause();
    callback(error);
  }

  /** Only now is the caller told to go on (RFC 9110 §10.1.1): the guard has let it in, and the upstream listens. */
  #start(): void {
    this.#isStarted = true;
    if (this.#request.headers.expect !== undefined) this.#response.writeContinue();
    this.#request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#timer.refresh();
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) this.destroy(new GatewayError('payload_too_large'));
    else if (!this.push(chunk)) {
      this.#isAwaited = false;
      this.#request.pause();
    }
  };

  readonly #onEnd = (): void => {
    clearTimeout(this.#timer);
    this.push(null);
  };

  readonly #onClose = (): void => {
    if (!this.#request.complete) this.destroy(new GatewayError('invalid_request', { reason: 'aborted' }));
  };

  #giveUp(): void {
    const code = this.#isAwaited ? 'request_timeout' : 'upstream_timeout';
    this.destroy(new GatewayError(code, { reason: 'body' }));
  }
}
