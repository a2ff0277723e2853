/** A file of the store cannot be opened; the message names the file and the reason. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}
