const BATCH_BYTES = 16 * 1024;
const BATCH_MS = 200;
/** UTF-8 takes at most three bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Collects lines and writes many at once, as bytes: a busy log costs a short copy a line. */
export interface LineBatch {
  /** Takes one whole line, with its line break. */
  readonly add: (line: string) => void;
  readonly flush: () => void;
}

/** A batch is written when it holds 16 kB, or after 200 ms. What is handed to `write` is not touched again. */
export function createLineBatch(write: (bytes: Buffer) => void): LineBatch {
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
