import type { ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { RequestSpan } from '../observe/tracing.ts';
import type { Caller } from './route.ts';
import type { Match } from './route-table.ts';
import type { Row } from './row.ts';

/** The state of one request; log line and metrics use it. */
export interface Exchange {
  readonly id: string;
  /** The client's address, from the socket or a trusted proxy. */
  readonly ip: string;
  readonly startedAtMs: number;
  /** The raw path, before the first `?`. */
  path: string;
  /** The raw query without `?`; may be empty. */
  query: string;
  /** Whether the framing was checked and valid; if not, the connection closes after the answer. */
  isWellFramed: boolean;
  /** How many `Authorization` headers the request has. */
  authorizations: number;
  /** Whether the request opens a WebSocket. */
  isUpgrade: boolean;
  /** Whether it counts as in flight: until it is answered or becomes an open stream. */
  isInFlight: boolean;
  /** CORS headers of the answer, flat: name, value, …; undefined without CORS. */
  cors: readonly string[] | undefined;
  /** The rows of the path by method; undefined if none. */
  match: Match<Row> | undefined;
  /** The row of the path and the method. */
  row: Row | undefined;
  caller: Caller | undefined;
  /** The refused caller, if a guard identified it. */
  refused: Pick<Caller, 'subject' | 'clientId'> | undefined;
  /** Why a request was refused, for the log. */
  reason: string | undefined;
  code: string | undefined;
  /** Undefined without tracing. */
  readonly span: RequestSpan | undefined;
}

/** Called once for every answer. */
export type OnAnswered = (exchange: Exchange, method: string, status: number, durationMs: number) => void;

export const exchangeOf = (response: ServerResponse): Exchange => {
  // Express creates `locals` for every response; the edge, which runs first, stores the exchange there.
  const { locals } = response as ServerResponse & { locals?: { exchange?: Exchange } };
  if (!locals?.exchange) throw new GatewayError('internal', { reason: 'no exchange' });
  return locals.exchange;
};

export const setExchange = (response: ServerResponse, exchange: Exchange): void => {
  (response as ServerResponse & { locals: { exchange: Exchange } }).locals.exchange = exchange;
};
