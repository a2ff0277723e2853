/** The desired state cannot be planned or applied. The message says why and what to do, one line per reason. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
}
