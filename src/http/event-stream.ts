import type { ServerResponse } from 'node:http';

const COMMENT_EVERY_MS = 20_000;
const RETRY_MS = 3_000;
/** A caller that does not read is cut off once so many bytes wait for it. */
const MAX_WAITING_BYTES = 64 * 1024;

/** One server-sent event; `id` is what `Last-Event-ID` says when the stream is opened again. */
export interface ServerEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id?: string;
}

/** An open stream of server-sent events, as its handler sees it. */
export interface EventStream {
  send(event: ServerEvent): void;
  /** Sets the id that `Last-Event-ID` says, without an event. */
  setId(id: string): void;
  end(): void;
}

/** Starts to send. Returns a function that stops it, which is called once when the stream ends for any reason. */
export type StreamEvents = (stream: EventStream) => () => void;

export interface EventStreams {
  /** Continues a response whose head is written. */
  open(response: ServerResponse, events: StreamEvents): void;
  /** Ends all of them, and from now on each as soon as it opens. */
  readonly endAll: () => void;
}

const toText = ({ event, data, id }: ServerEvent): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Streams of server-sent events of rows that are answered here: a comment every 20 s keeps proxies from closing them. */
export function createEventStreams(): EventStreams {
  const streams = new Set<ServerResponse>();
  let isEnding = false;
  return {
    open(response, events) {
      const write = (text: string): void => {
        if (response.writableEnded || response.destroyed) return;
        if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
        else response.write(text);
      };
      write(`retry: ${RETRY_MS}\n\n`);
      const stop = events({
        send: (event) => write(toText(event)),
        setId: (id) => write(`id: ${id}\n\n`),
        end: () => response.end(),
      });
      const timer = setInterval(() => write(':\n\n'), COMMENT_EVERY_MS).unref();
      streams.add(response);
      response.once('close', () => {
        clearInterval(timer);
        streams.delete(response);
        stop();
      });
      if (isEnding) response.end();
    },
    endAll() {
      isEnding = true;
      for (const response of streams) response.end();
    },
  };
}
