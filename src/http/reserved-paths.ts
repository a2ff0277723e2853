/** The gateway's own paths: operators' rows must not claim them, and prefixes do not include them. */
export const RESERVED_PATHS = [
  '/v1',
  '/.well-known',
  '/docs',
  '/problems',
  '/healthz',
  '/readyz',
  '/openapi.json',
] as const;

const RESERVED = new Set<string>(RESERVED_PATHS);

/** Whether a path is reserved or below a reserved path. */
export function isReserved(path: string): boolean {
  const end = path.indexOf('/', 1);
  return RESERVED.has(end < 0 ? path : path.slice(0, end));
}
