/** An invalid export. `faults` lists every error as `where: what`. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}
