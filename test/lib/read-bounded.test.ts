import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readBounded } from '../../src/lib/read-bounded.ts';

const chunks = (count: number): Readable =>
  Readable.from(Array.from({ length: count }, () => Buffer.alloc(10)));
const tooLong = (): Error => new Error('too long');

it('reads a stream of at most the bound to its end', async () => {
  expect(await readBounded(chunks(0), 20, tooLong)).toHaveLength(0);
  expect(await readBounded(chunks(2), 20, tooLong)).toHaveLength(20);
});

it('destroys a stream that is longer than the bound', async () => {
  const stream = chunks(1000);
  await expect(readBounded(stream, 20, tooLong)).rejects.toThrow('too long');
  expect(stream.destroyed).toBe(true);
});
