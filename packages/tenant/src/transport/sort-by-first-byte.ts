import type { Socket } from 'node:net';

/** The content type of a TLS handshake record (RFC 8446 §5.1); no HTTP request starts with this byte. */
const TLS_HANDSHAKE = 0x16;

/**
 * Reads a socket's first bytes, puts them back and calls the handler of its protocol. Closes a socket that ends or
 * sends nothing for `silenceMs`.
 */
export function sortByFirstByte(
  socket: Socket,
  silenceMs: number,
  to: { readonly tls: () => void; readonly plain: () => void },
): void {
  const close = (): void => {
    socket.destroy();
  };
  // Stays attached: a reset before the protocol's server attaches its handler must not end the process.
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
    if (first[0] === TLS_HANDSHAKE) to.tls();
    else to.plain();
  });
}
