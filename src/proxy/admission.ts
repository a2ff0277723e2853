import { GatewayError } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ForwardRow } from './forward-row.ts';

/**
 * The capacity that one call holds at its upstream: a place from the first bytes of its body on, or later an open stream.
 */
export class Admission {
  readonly #row: ForwardRow;
  readonly #exchange: Exchange;
  #hasPlace = false;
  #closeStream: (() => void) | undefined;

  constructor(row: ForwardRow, exchange: Exchange) {
    this.#row = row;
    this.#exchange = exchange;
  }

  /** @throws GatewayError if no place is free or the breaker is open */
  enter(): void {
    const { upstream, places } = this.#row;
    upstream.enter(places, this.#exchange.ip);
    this.#hasPlace = true;
  }

  /** Counts the call as an open stream instead of a place. Returns the refusal if there are too many. */
  openStream(end: () => void): GatewayError | undefined {
    const { upstream, streams, lifecycle, onStreaming } = this.#row;
    try {
      this.#closeStream = streams.open(upstream.origin, this.#exchange, end, () => lifecycle.isRemoved);
    } catch (refusal) {
      if (refusal instanceof GatewayError) return refusal;
      throw refusal;
    }
    this.#leavePlace();
    onStreaming(this.#exchange);
    return undefined;
  }

  /** Releases the capacity of a finished call. */
  leave(): void {
    this.#closeStream?.();
    this.#leavePlace();
  }

  #leavePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#row.places.leave(this.#exchange.ip);
  }
}
