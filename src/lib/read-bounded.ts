/** Reads a stream to its end. If it is longer than `maxBytes`, destroys it and throws the error of `toError`. */
export async function readBounded(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
  toError: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > maxBytes) throw toError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
