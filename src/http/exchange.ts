import type { ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import type { Caller } from './route.ts';
import type { Match } from './route-table.ts';
import type { Row } from './row.ts';

/** What the edge knows of one request; the log line and the metrics are made of it. */
export interface Exchange {
  readonly id: string;
  /** The judged address of the client. */
  readonly ip: string;
  readonly startedAtMs: number;
  /** The raw path, before the first `?`. */
  path: string;
  /** The raw query, without `?`; empty where there is none. */
  query: string;
  /** Whether the outer form has been judged good; otherwise the connection ends with the answer. */
  isSound: boolean;
  /** How many `Authorization` headers the request has. */
  authorizations: number;
  /** Whether the request opens a WebSocket. */
  isUpgrade: boolean;
  /** Whether it counts as a request under way: until it is answered, or becomes an open stream. */
  isUnderWay: boolean;
  /** CORS headers of the answer, flat: name, value, …; undefined where CORS says nothing. */
  cors: readonly string[] | undefined;
  /** The rows of the path, by method; undefined where there is none. */
  match: Match<Row> | undefined;
  /** The row of the path and the method. */
  row: Row | undefined;
  caller: Caller | undefined;
  /** Who was refused, where a guard got to know it. */
  refused: Pick<Caller, 'subject' | 'clientId'> | undefined;
  /** Why a request was refused, for the log. */
  reason: string | undefined;
  code: string | undefined;
}

/** Called once for every answer. */
export type OnAnswered = (exchange: Exchange, method: string, status: number, durationMs: number) => void;

export const exchangeOf = (response: ServerResponse): Exchange => {
  // Express makes `locals` for every response; the edge, which runs first, puts the exchange there.
  const { locals } = response as ServerResponse & { locals?: { exchange?: Exchange } };
  if (!locals?.exchange) throw new GatewayError('internal', { reason: 'no exchange' });
  return locals.exchange;
};

export const setExchange = (response: ServerResponse, exchange: Exchange): void => {
  (response as ServerResponse & { locals: { exchange: Exchange } }).locals.exchange = exchange;
};
