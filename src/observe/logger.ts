import {
  type DestinationStream,
  destination,
  type LevelWithSilent,
  type Logger,
  pino,
  stdTimeFunctions,
} from 'pino';
import pretty from 'pino-pretty';

const BATCH_BYTES = 16 * 1024;
const BATCH_MS = 200;
/** UTF-8 takes at most three bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Collects lines and writes many at once, as bytes, so that a busy log costs one short copy per line. */
interface LineBatch {
  /** Takes one whole line, with its line break. */
  readonly add: (line: string) => void;
  readonly flush: () => void;
}

/** A batch is written at 16 kB, or after 200 ms. Buffers passed to `write` are not reused. */
function createLineBatch(write: (bytes: Buffer) => void): LineBatch {
  let batch = Buffer.allocUnsafe(BATCH_BYTES);
  let used = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (used === 0) return;
    write(batch.subarray(0, used));
    batch = Buffer.allocUnsafe(BATCH_BYTES);
    used = 0;
  };
  return {
    flush,
    add(line) {
      const most = line.length * BYTES_PER_UNIT;
      if (used + most > BATCH_BYTES) flush();
      if (most > BATCH_BYTES) write(Buffer.from(line));
      else {
        used += batch.write(line, used);
        timer ??= setTimeout(flush, BATCH_MS).unref();
      }
    },
  };
}

export type { Logger } from 'pino';

const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'current_password',
  'new_password',
  'code',
  'code_verifier',
  'otp',
  'binding_code',
  'recovery_code',
  'client_secret',
  'clientSecret',
  'client_assertion',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'mfa_token',
  'mfa_handle',
  'logout_token',
];

const REDACT_PATHS = SECRET_NAMES.flatMap((name) => {
  const quoted = `["${name}"]`;
  return [quoted.slice(0), `*${quoted}`, `*.*${quoted}`, `*.*.*${quoted}`];
});

// Errors of libraries may contain whole requests: only class, message and stack of an error are logged.
function toErrorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' && { error_code: code }),
    ...(cause instanceof Error && { cause: toErrorFields(cause) }),
  };
}

export interface LogOutput {
  /** Everything but the access log: redacted. */
  readonly log: Logger;
  /** For lines of chosen fields without secrets. Not redacted, because redaction is slow. */
  readonly plain: Logger;
  /** Takes a complete line with its line break. Written in batches, or at once in a terminal. */
  readonly writeLine: (line: string) => void;
  /** Writes what is still buffered. */
  flush(): void;
}

interface Output {
  readonly stream: DestinationStream;
  readonly writeLine: (line: string) => void;
  readonly flush: () => void;
}

/** In a terminal or a test: each line at once. */
const toWatched = (stream: DestinationStream): Output => ({
  stream,
  writeLine: (line) => stream.write(line),
  flush: () => undefined,
});

/** Standard output without blocking; the bytes of both kinds of lines go through one writer, in order. */
function openStandardOutput(): Output {
  const file = destination({ dest: 1, sync: false, contentMode: 'buffer' });
  // In this mode the writer takes bytes, which its types do not say.
  const writeBytes = (bytes: Buffer) => void file.write(bytes as unknown as string);
  const batch = createLineBatch(writeBytes);
  return {
    writeLine: batch.add,
    stream: {
      write(text) {
        batch.flush();
        writeBytes(Buffer.from(text));
      },
    },
    flush() {
      batch.flush();
      file.flushSync();
    },
  };
}

const openTerminal = (): Output =>
  toWatched(pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }));

/** Opens the log: JSON lines, pretty in a terminal. `sink` is standard output where absent. */
export function createLogOutput(level: string, sink?: DestinationStream): LogOutput {
  const { stream, writeLine, flush } = sink
    ? toWatched(sink)
    : process.stdout.isTTY
      ? openTerminal()
      : openStandardOutput();
  const shared = {
    level: level as LevelWithSilent,
    base: null,
    timestamp: stdTimeFunctions.epochTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const redact = { paths: REDACT_PATHS, censor: '[redacted]' };
  return {
    log: pino({ ...shared, redact, serializers: { err: toErrorFields } }, stream),
    plain: pino(shared, stream),
    writeLine,
    flush,
  };
}
