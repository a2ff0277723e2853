import type { Socket } from 'node:net';

/** The content type of a TLS handshake record (RFC 8446 §5.1), which no HTTP request begins with. */
const tlsHandshake = 0x16;

/**
 * Waits for a socket's first bytes and calls whoever speaks its protocol, the bytes unread again.
 * A socket that says nothing for `silenceMs`, or ends, is closed.
 */
export function sortByFirstByte(
  socket: Socket,
  silenceMs: number,
  to: { readonly tls: () => void; readonly plain: () => void },
): void {
  const close = (): void => {
    socket.destroy();
  };
  // Stays for the socket's life: a reset between two owners must not end the process.
  socket.on('error', close);
  socket.setTimeout(silenceMs, close);
  socket.once('readable', () => {
    socket.setTimeout(0);
    socket.off('timeout', close);
    // A socket without an encoding reads Buffers.
    const first = socket.read() as Buffer | null;
    if (first === null) {
      close();
      return;
    }
    socket.unshift(first);
    if (first[0] === tlsHandshake) to.tls();
    else to.plain();
  });
}
