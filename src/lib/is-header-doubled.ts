import type { IncomingMessage } from 'node:http';

/** True if a header was sent more than once; Node keeps only the first. */
export function isHeaderDoubled(
  request: Pick<IncomingMessage, 'rawHeaders'>,
  lowerCaseName: string,
): boolean {
  const { rawHeaders } = request;
  let seen = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) {
      if (seen) return true;
      seen = true;
    }
  }
  return false;
}
