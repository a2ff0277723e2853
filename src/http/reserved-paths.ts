/** What is ours alone: no row of an operator may claim a part of it, and no prefix takes it in. */
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

/** Whether a path is one of the reserved, or lies below one. */
export function isReserved(path: string): boolean {
  const end = path.indexOf('/', 1);
  return RESERVED.has(end < 0 ? path : path.slice(0, end));
}
