/** A complete user id: seeds can omit the provider. Undefined without an id or for an unknown connection. */
export const toUserId = (id: string | undefined, strategy: string | undefined): string | undefined =>
  id === undefined || id.includes('|') ? id : strategy === undefined ? undefined : `${strategy}|${id}`;
