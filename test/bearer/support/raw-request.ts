import { connect } from 'node:net';

/** Sends header lines without normalization; returns the complete response. */
export function sendRaw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    const head = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${hostname}`, 'Connection: close', ...lines];
    socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
  });
}
