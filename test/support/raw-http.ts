import { connect } from 'node:net';

/** A raw response. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const FIRST_BYTE_MS = 10_000;

/**
 * Sends raw bytes and reads until the peer closes, or until no data arrives for `idleMs` after the first byte, or
 * `firstByteMs` before it, because a busy machine may be slow. Returns everything received.
 */
export function sendRaw(
  port: number,
  bytes: string | Buffer,
  idleMs = 300,
  firstByteMs = Math.max(idleMs, FIRST_BYTE_MS),
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setTimeout(firstByteMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      socket.setTimeout(idleMs);
      received += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? undefined : reject(error),
    );
    socket.on('close', () => resolve(received));
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** Sends bytes and parses the responses, in order. */
export async function sendRawRequest(
  port: number,
  bytes: string | Buffer,
  idleMs?: number,
): Promise<RawAnswer[]> {
  const text = await sendRaw(port, bytes, idleMs);
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest.startsWith('HTTP/1.1 ')) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    answers.push({ status: Number(head.slice(9, 12)), head, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
