import { createParser } from 'eventsource-parser';

/** A stream of server-sent events, and the events received so far. */
export interface OpenEvents {
  readonly status: number;
  readonly headers: Headers;
  /** The error code of a refusal. */
  readonly code: string | undefined;
  readonly events: {
    readonly event: string | undefined;
    readonly id: string | undefined;
    readonly data: unknown;
  }[];
  readonly comments: string[];
  /** The reconnection time of the stream, in milliseconds. */
  readonly retryMs: number | undefined;
  /** Whether the server has ended the stream or closed the connection. */
  readonly isOver: boolean;
  close(): void;
}

/** Opens a stream and reads its events. */
export async function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenEvents> {
  const abort = new AbortController();
  const answer = await fetch(url, {
    headers: { Accept: 'text/event-stream', ...headers },
    signal: abort.signal,
    redirect: 'manual',
  });
  const stream = {
    status: answer.status,
    headers: answer.headers,
    code: undefined as string | undefined,
    events: [] as OpenEvents['events'],
    comments: [] as string[],
    retryMs: undefined as number | undefined,
    isOver: false,
    close: () => abort.abort(),
  };
  if (answer.status !== 200) {
    stream.code = ((await answer.json()) as { code: string }).code;
    stream.isOver = true;
    return stream;
  }
  const parser = createParser({
    onEvent: ({ event, id, data }) => stream.events.push({ event, id, data: JSON.parse(data) }),
    onComment: (comment) => stream.comments.push(comment),
    onRetry: (ms) => {
      stream.retryMs = ms;
    },
  });
  async function follow(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  }
  const over = () => {
    stream.isOver = true;
  };
  if (answer.body) follow(answer.body).then(over, over);
  return stream;
}
