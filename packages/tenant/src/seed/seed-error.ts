/** A seed that cannot be used. Its message names every fault, one a line. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}
