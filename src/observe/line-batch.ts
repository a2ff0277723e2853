const BATCH_CHARS = 16 * 1024;
const BATCH_MS = 200;

/** Collects lines and writes many at once: a busy log costs a concatenation a line. */
export interface LineBatch {
  /** Takes one whole line, with its line break. */
  readonly add: (line: string) => void;
  readonly flush: () => void;
}

/** A batch is written when it holds 16 kB, or after 200 ms. */
export function createLineBatch(write: (text: string) => void): LineBatch {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = pending;
    pending = '';
    if (text !== '') write(text);
  };
  return {
    flush,
    add(line) {
      pending += line;
      if (pending.length >= BATCH_CHARS) flush();
      else timer ??= setTimeout(flush, BATCH_MS).unref();
    },
  };
}
