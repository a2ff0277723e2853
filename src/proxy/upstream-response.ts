import type { ServerResponse } from 'node:http';
import { endAfterBody, isUnread } from '../http/reply.ts';

const ONE_WRITE_BYTES = 16 * 1024;

/** Streams an upstream's answer to the caller, unchanged and with backpressure. */
export class UpstreamResponse {
  readonly #response: ServerResponse;
  readonly #onDrained: () => void;
  #length: number | undefined;
  #isFirst = true;

  /** Calls `onDrained` when the caller accepts more data. */
  constructor(response: ServerResponse, onDrained: () => void) {
    this.#response = response;
    this.#onDrained = onDrained;
  }

  /** `headers` are flat; `length` is that of the body, if known; `isLast` closes the connection. */
  begin(status: number, headers: string[], length: string | undefined, isLast: boolean): void {
    const response = this.#response;
    this.#length = length === undefined ? undefined : Number(length);
    // An unread body would be parsed as the next request.
    if (isLast || isUnread(response.req)) {
      response.shouldKeepAlive = false;
      headers.push('Connection', 'close');
    }
    response.writeHead(status, headers);
  }

  /** Returns false if the caller accepts no more data for now. */
  write(chunk: Buffer): boolean {
    const isWhole = this.#isFirst && chunk.length === this.#length && chunk.length <= ONE_WRITE_BYTES;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#response.on('drain', this.#onDrained);
    }
    // As a latin1 string Node sends the body in one write with the head; as a buffer in two.
    if (isWhole && !isUnread(this.#response.req)) {
      this.#response.end(chunk.toString('latin1'), 'latin1');
      return true;
    }
    return this.#response.write(chunk);
  }

  end(): void {
    const response = this.#response;
    if (response.writableEnded) return;
    if (isUnread(response.req)) endAfterBody(response);
    else response.end();
  }
}
