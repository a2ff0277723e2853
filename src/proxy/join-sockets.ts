import { type Duplex, pipeline } from 'node:stream';

/** Pipes two sockets into each other until one ends, then calls `onClosed` once. The returned function ends both. */
export function joinSockets(one: Duplex, other: Duplex, onClosed: () => void): () => void {
  let isOpen = true;
  const end = (): void => {
    one.destroy();
    other.destroy();
    if (isOpen) onClosed();
    isOpen = false;
  };
  pipeline(one, other, end);
  pipeline(other, one, end);
  return end;
}
