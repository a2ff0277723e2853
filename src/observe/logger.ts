import {
  type DestinationStream,
  destination,
  type LevelWithSilent,
  type Logger,
  pino,
  stdTimeFunctions,
} from 'pino';
import pretty from 'pino-pretty';
import { createLineBatch } from './line-batch.ts';

export type { Logger } from 'pino';

const secretNames = [
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

const redactPaths = secretNames.flatMap((name) => {
  const quoted = `["${name}"]`;
  return [quoted.slice(0), `*${quoted}`, `*.*${quoted}`, `*.*.*${quoted}`];
});

// What a library put into an error may hold a request: of an error the log gets its class, sentence and stack only.
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
  /** For lines of hand-picked fields that hold no secret by construction; not redacted, since that costs. */
  readonly plain: Logger;
  /** Takes a finished line, with its line break; written by the batch, unless somebody watches. */
  readonly writeLine: (line: string) => void;
  /** Writes what is still buffered. */
  flush(): void;
}

/** Opens the log: JSON lines, pretty in a terminal. `sink` is standard output where absent. */
export function createLogOutput(level: string, sink?: DestinationStream): LogOutput {
  const file =
    sink || process.stdout.isTTY
      ? undefined
      : destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 });
  const stream =
    sink ?? file ?? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true });
  const shared = {
    level: level as LevelWithSilent,
    base: null,
    timestamp: stdTimeFunctions.epochTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const batch = createLineBatch((text) => stream.write(text));
  return {
    writeLine: file ? batch.add : (line) => stream.write(line),
    log: pino(
      {
        ...shared,
        redact: { paths: redactPaths, censor: '[redacted]' },
        serializers: { err: toErrorFields },
      },
      stream,
    ),
    plain: pino(shared, stream),
    flush: () => {
      batch.flush();
      file?.flushSync();
    },
  };
}
