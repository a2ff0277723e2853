import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { RecentMap } from '../lib/recent-map.ts';
import { type AddressCharge, tryCharged } from '../limits/address-limit.ts';
import { createBodyReader, isBodyMissing, toBodyLimit } from './body.ts';
import type { Exchange } from './exchange.ts';
import { parseParameters } from './parameters.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import type { Caller, Reply, Route } from './route.ts';
import { parseInput } from './validation.ts';

/** Charges a caller for one call of a resource route; returns the RateLimit headers. */
export type LimitCaller = (caller: Caller) => Promise<Readonly<Record<string, string>>>;

/** Answers a request that passed the row's guard. */
export type Serve = (
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
) => void | Promise<void>;

const MEMO_ENTRIES = 2048;
const MEMO_MAX_QUERY = 512;
const noQuery = z.strictObject({});
const NO_STORE = ['Cache-Control', 'no-store'] as const;
const VARY_COOKIE = ['Vary', 'Cookie'] as const;

const toContentType = ({ responses }: Route, { contentType, status }: Reply): string | undefined =>
  contentType ?? responses[status]?.contentType;

/** Serializes a reply; the row's response schema removes unknown keys. */
function toBytes(route: Route, reply: Reply): Buffer {
  const { body } = reply;
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  const doc = route.responses[reply.status];
  if (typeof body === 'string' && toContentType(route, reply)) return Buffer.from(body);
  return Buffer.from(JSON.stringify(doc?.schema ? doc.schema.parse(body) : body));
}

/** Creates the request handler of a local row: parses the input, calls the handler, writes the reply. */
export function createLocalRow(route: Route, writer: Writer, limitCaller: LimitCaller | undefined): Serve {
  // Undefined: any query is accepted.
  const querySchema = route.query ?? (route.kind === 'page' ? undefined : noQuery);
  const readBody = route.body && createBodyReader(route.bodyTypes ?? ['json'], toBodyLimit(route.path));
  const readsSession = route.guard === 'optional' || route.guard === 'optional-session';
  const rowHeaders: readonly string[] = [
    ...(route.path.startsWith('/v1/') ? NO_STORE : []),
    ...(readsSession ? VARY_COOKIE : []),
  ];
  const isPrivate = rowHeaders.includes(NO_STORE[0]);
  const sessionHeaders = readsSession ? rowHeaders : [...rowHeaders, ...VARY_COOKIE];
  const headersFor = (caller: Caller | undefined): readonly string[] =>
    caller?.kind === 'session' ? sessionHeaders : rowHeaders;
  /** Answers of a pure row by raw query. */
  const memo = route.pure && new RecentMap<string, Buffer>(MEMO_ENTRIES);

  /** Answers that set cookies are not stored; below `/v1` no answer is. */
  function toCookieHeaders({ cookies }: Reply): string[] {
    if (!cookies) return [];
    const headers = cookies.flatMap((cookie) => ['Set-Cookie', cookie]);
    return isPrivate ? headers : [...headers, ...NO_STORE];
  }

  /** Reads and parses the body; reports a failure to the charge. */
  async function readInput(
    request: IncomingMessage,
    response: ServerResponse,
    charge: AddressCharge | undefined,
  ): Promise<unknown> {
    try {
      return route.body && parseInput(route.body, await readBody?.(request, response));
    } catch (error) {
      await (isBodyMissing(error) ? charge?.failed() : charge?.refused());
      throw error;
    }
  }

  const callHandler = async (...[params, request, response, exchange]: Parameters<Serve>): Promise<void> => {
    const { caller } = exchange;
    const shared = headersFor(caller);
    const limit = toFlatHeaders(limitCaller && caller && (await limitCaller(caller)));
    const known = memo?.get(exchange.query);
    if (known) {
      writer.write(response, exchange, { status: 200, body: known, headers: [...shared, ...limit] });
      return;
    }
    const query = querySchema && parseInput(querySchema, parseParameters(exchange.query));
    const info = { id: exchange.id, ip: exchange.ip, headers: request.headers };
    const charge = route.charge && (await route.charge(info));
    const body = readBody && (await readInput(request, response, charge));
    // Parsed above by the row's own schemas; defineRoute checked the types.
    const answer = async () => route.handler({ params, query, body, caller, request: info } as never);
    const reply = await (charge ? tryCharged(charge, answer) : answer());
    const bytes = toBytes(route, reply);
    if (memo && reply.status === 200 && exchange.query.length <= MEMO_MAX_QUERY)
      memo.set(exchange.query, bytes);
    writer.write(response, exchange, {
      status: reply.status,
      body: bytes,
      contentType: toContentType(route, reply),
      events: reply.events,
      headers: [
        ...shared,
        ...limit,
        ...toFlatHeaders({ ...charge?.headers, ...reply.headers }),
        ...toCookieHeaders(reply),
      ],
    });
  };

  return (params, request, response, exchange) => {
    // The hot path: no promise where none is needed.
    const known = limitCaller ? undefined : memo?.get(exchange.query);
    if (!known) return callHandler(params, request, response, exchange);
    writer.write(response, exchange, { status: 200, body: known, headers: headersFor(exchange.caller) });
    return undefined;
  };
}
