/** A user's whole id: seeds may leave out the provider. Undefined where there is none, or no such connection. */
export const toUserId = (id: string | undefined, strategy: string | undefined): string | undefined =>
  id === undefined || id.includes('|') ? id : strategy === undefined ? undefined : `${strategy}|${id}`;
