/** An invalid seed. The message lists every fault, one per line. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}
