import type { ServerResponse } from 'node:http';
import { endAfterBody, isUnread } from '../http/reply.ts';

const ONE_WRITE_BYTES = 16 * 1024;

/** An upstream's answer on its way to the caller: its bytes as they are, no faster than they are taken. */
export class UpstreamResponse {
  readonly #response: ServerResponse;
  readonly #onDrained: () => void;
  #length: number | undefined;
  #isFirst = true;

  /** `onDrained` is told when the caller has taken what was held back. */
  constructor(response: ServerResponse, onDrained: () => void) {
    this.#response = response;
    this.#onDrained = onDrained;
  }

  /** `headers` are flat; `length` is that of the body, where it is known; `isLast` ends the connection. */
  begin(status: number, headers: string[], length: string | undefined, isLast: boolean): void {
    const response = this.#response;
    this.#length = length === undefined ? undefined : Number(length);
    // What is left of a body would be read as the next request.
    if (isLast || isUnread(response.req)) {
      response.shouldKeepAlive = false;
      headers.push('Connection', 'close');
    }
    response.writeHead(status, headers);
  }

  /** False: the caller takes no more for now. */
  write(chunk: Buffer): boolean {
    const isWhole = this.#isFirst && chunk.length === this.#length && chunk.length <= ONE_WRITE_BYTES;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#response.on('drain', this.#onDrained);
    }
    // As text, byte for byte, Node sends a body in one write with its head; as a buffer in two.
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
