import { type Duplex, pipeline } from 'node:stream';

/** Passes bytes both ways until either side ends; `onClosed` is told once. The function ends both. */
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
