/** Reads a stream to its end. Where it is longer than `maxBytes`, the stream is destroyed and the error of `toError` thrown. */
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
