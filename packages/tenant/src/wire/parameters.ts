import { missingParameter, oauthError } from './errors.ts';

/** The members of a request body, form or JSON. */
export interface Parameters {
  names(): string[];
  /** The value without conversion. */
  raw(name: string): unknown;
  /** Undefined if it is absent, null or empty. Throws 400 `invalid_request` if it is not a string. */
  text(name: string): string | undefined;
  /** Throws 400 `invalid_request` if it is absent. */
  required(name: string): string;
}

/** Wraps a parsed body. Throws 400 `invalid_request` if it is not an object. */
export function toParameters(body: unknown = {}): Parameters {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw oauthError(400, 'invalid_request', 'The body must be an object');
  const members: object = body;
  const raw = (name: string): unknown =>
    Object.hasOwn(members, name) ? Reflect.get(members, name) : undefined;
  const text = (name: string): string | undefined => {
    const value = raw(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') throw oauthError(400, 'invalid_request', `${name} must be a string`);
    return value;
  };
  return {
    names: () => Object.keys(members),
    raw,
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) throw missingParameter(name);
      return value;
    },
  };
}
